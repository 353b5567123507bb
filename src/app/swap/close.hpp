#pragma once

#include "app/confirm.hpp"
#include "app/context.hpp"
#include "app/swap/result.hpp"

namespace tripmig::app {

/// Closes the job of a complete swap: there is no way back afterwards.
SwapResult finish_swap(const Context& context, const QualifiedName& table, const Confirm& confirm);

/// Gives a swap or split up before its cut-over.
SwapResult abort_swap(const Context& context, const QualifiedName& table);

/// Puts the old table back in its place.
SwapResult revert_swap(const Context& context, const QualifiedName& table);

}  // namespace tripmig::app
