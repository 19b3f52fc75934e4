// Output format of a report; OrderedReport assembles it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "batch/report.h"

namespace imgmill {

/// Formats the parts of a report.
class ReportStyle {
 public:
  virtual ~ReportStyle() = default;
  [[nodiscard]] virtual std::string head(const ImageSettings& settings) const = 0;
  /// Called in the order in which results arrive; the returned text appears in task order.
  [[nodiscard]] virtual std::string entry(const OptimizationResult& result) = 0;
  [[nodiscard]] virtual std::string_view separator() const = 0;
  /// `pictures` may be null.
  [[nodiscard]] virtual std::string tail(const BatchSummary& summary,
                                         const ReportPictures* pictures) const = 0;
};

/// One self-contained page.
[[nodiscard]] std::unique_ptr<ReportStyle> make_html_style();

}  // namespace imgmill
