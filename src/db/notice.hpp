#pragma once

#include "base/event.hpp"
#include "base/step.hpp"

struct pg_result;

namespace tripmig::db {

/// What the server says besides its results becomes events, each with the place of the statement that caused it.
class NoticeForwarder {
  public:
    explicit NoticeForwarder(Reporter& reporter) : m_reporter(reporter) {}

    /// For PQsetNoticeReceiver; `forwarder` is the NoticeForwarder.
    static void receive(void* forwarder, const pg_result* result);

    /// While it exists, that statement runs.
    class Statement {
      public:
        Statement(NoticeForwarder& forwarder, const StepSource* source) : m_forwarder(forwarder) {
            m_forwarder.m_source = source;
        }
        ~Statement() { m_forwarder.m_source = nullptr; }
        Statement(const Statement&) = delete;
        Statement& operator=(const Statement&) = delete;

      private:
        NoticeForwarder& m_forwarder;
    };

  private:
    Reporter& m_reporter;
    const StepSource* m_source = nullptr;
};

}  // namespace tripmig::db
