// The page of an HTML report, from report_page.html.
#pragma once

#include <string_view>

namespace imgmill {

/// Complete except for the placeholders "<!--DATA-->" and "%NONCE%".
extern const std::string_view report_page;

}  // namespace imgmill
