#include "base/xml.h"

namespace imgmill {
namespace {

std::string_view reference_to(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\t':
      return "&#9;";
    case '\n':
      return "&#10;";
    case '\r':
      return "&#13;";
    default:
      return {};
  }
}

}  // namespace

void append_xml(std::string& out, char c, std::string_view special) {
  const std::string_view reference = special.contains(c) ? reference_to(c) : std::string_view();
  if (reference.empty()) {
    out += c;
  } else {
    out += reference;
  }
}

}  // namespace imgmill
