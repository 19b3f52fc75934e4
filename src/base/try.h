// Macros that propagate errors to the caller.
#pragma once

#include <expected>
#include <utility>

#include "imgmill/error.h"

#define IMGMILL_CONCAT_INNER(a, b) a##b
#define IMGMILL_CONCAT(a, b) IMGMILL_CONCAT_INNER(a, b)
#define IMGMILL_TRY_IMPL(temporary, declaration, expression)            \
  auto temporary = (expression);                                        \
  if (!temporary) return std::unexpected(std::move(temporary).error()); \
  declaration = *std::move(temporary)

/// IMGMILL_TRY(auto x, f()): x is f()'s value; on error, the function returns that error.
#define IMGMILL_TRY(declaration, expression) \
  IMGMILL_TRY_IMPL(IMGMILL_CONCAT(imgmill_try_, __LINE__), declaration, expression)

/// IMGMILL_CHECK(f()): on error, the function returns f()'s error.
#define IMGMILL_CHECK(expression)                               \
  do {                                                          \
    if (auto imgmill_check = (expression); !imgmill_check)      \
      return std::unexpected(std::move(imgmill_check).error()); \
  } while (false)

namespace imgmill {

/// `return fail(ErrorCode::limit, "message", "advice");`
[[nodiscard]] inline std::unexpected<Error> fail(
    ErrorCode code, std::string message, std::string advice = {},
    std::source_location where = std::source_location::current()) {
  return std::unexpected(Error(code, std::move(message), std::move(advice), where));
}

}  // namespace imgmill
