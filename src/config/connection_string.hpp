#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tripmig::config {

/// libpq's keyword/value pairs (manual 34.1.2) from any form that people have at hand:
///   postgresql://user:password@host:5432/dbname?sslmode=require   (manual 34.1.1.2; postgres:// and jdbc:postgresql://
///   too) host=... dbname=... user=... password='it''s \'quoted\''      (manual 34.1.1.1) Server=...;Database=...;User
///   Id=...;Password="a;b";Ssl Mode=Require;   (ADO.NET, Npgsql's keywords)
/// Throws Error{usage} for anything else, with the nearest known keyword. No message ever holds a piece of the
/// password.
std::map<std::string, std::string> parse_connection_string(std::string_view text);

/// key='value' pairs that libpq, and parse_connection_string(), read back as these parameters (manual 34.1.1.1). Holds
/// the password when they do.
std::string connection_string(const std::map<std::string, std::string>& parameters);

/// "host=db.example port=5432 dbname=app user=app": for messages, without anything secret.
std::string redacted(const std::map<std::string, std::string>& parameters);

}  // namespace tripmig::config
