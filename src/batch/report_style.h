// What a report of one kind is made of; OrderedReport puts it together.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "batch/report.h"

namespace imgmill {

/// How a report looks.
class ReportStyle {
 public:
  virtual ~ReportStyle() = default;
  [[nodiscard]] virtual std::string head(const ImageSettings& settings) const = 0;
  /// Called in the order in which results come; what it returns stands in task order.
  [[nodiscard]] virtual std::string entry(const OptimizationResult& result) = 0;
  [[nodiscard]] virtual std::string_view separator() const = 0;
  /// `pictures` may be null.
  [[nodiscard]] virtual std::string tail(const BatchSummary& summary,
                                         const ReportPictures* pictures) const = 0;
};

/// One page that stands alone.
[[nodiscard]] std::unique_ptr<ReportStyle> make_html_style();

}  // namespace imgmill
