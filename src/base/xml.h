// Escapes characters for XML.
#pragma once

#include <string>
#include <string_view>

namespace imgmill {

/// Appends `c` to text or to the value of an attribute: as a reference if it is one of `special`,
/// which may name &, <, >, tab, line feed and carriage return; as it is otherwise.
void append_xml(std::string& out, char c, std::string_view special);

}  // namespace imgmill
