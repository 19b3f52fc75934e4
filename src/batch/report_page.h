// The page of an HTML report, as it stands in report_page.html.
#pragma once

#include <string_view>

namespace imgmill {

/// Complete but for what "<!--DATA-->" and each "%NONCE%" stand for.
extern const std::string_view report_page;

}  // namespace imgmill
