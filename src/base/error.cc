#include "imgmill/error.h"

namespace imgmill {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_input:
      return "bad_input";
    case ErrorCode::limit:
      return "limit";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::environment:
      return "environment";
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::internal:
      return "internal";
    case ErrorCode::fault:
      return "fault";
  }
  return "internal";
}

std::string Error::describe() const {
  std::string text = message_;
  if (!context_.empty()) {
    text += " (while ";
    for (std::size_t i = 0; i < context_.size(); ++i) {
      if (i > 0) text += ", ";
      text += context_[i];
    }
    text += ')';
  }
  if (!advice_.empty()) {
    text += "; ";
    text += advice_;
  }
  return text;
}

}  // namespace imgmill
