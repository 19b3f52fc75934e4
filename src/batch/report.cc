#include "batch/report.h"

#include <fmt/core.h>

#include <map>
#include <optional>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "batch/json.h"
#include "batch/report_style.h"
#include "imgmill/version.h"
#include "platform/atomic_file.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

class JsonStyle final : public ReportStyle {
 public:
  std::string head(const ImageSettings& settings) const override {
    return fmt::format("{{\"version\":\"{}\",\n\"settings\":{},\n\"results\":[\n", version,
                       settings_to_json(settings));
  }
  std::string entry(const OptimizationResult& result) override { return result_to_json(result); }
  std::string_view separator() const override { return ",\n"; }
  std::string tail(const BatchSummary& summary, const ReportPictures* /*pictures*/) const override {
    return fmt::format("\n],\n\"summary\":{}}}\n", summary_to_json(summary));
  }
};

/// RFC 4180, with CRLF and a header line.
class CsvStyle final : public ReportStyle {
 public:
  std::string head(const ImageSettings& /*settings*/) const override {
    return "index,original_path,optimized_path,original_size,optimized_size,savedBytes,"
           "compressionRatio,success,decision,input_format,format,width,height,frames,elapsed_ms,"
           "score,target,quality,encodes,stage,error_code,error,advice,notes\r\n";
  }
  std::string entry(const OptimizationResult& result) override {
    std::string notes;
    for (const std::string& note : result.notes) {
      if (!notes.empty()) notes += "; ";
      notes += note;
    }
    const auto format_name = [](const std::optional<Format>& format) {
      return format ? info(*format).name : std::string_view();
    };
    const auto number = [](const std::optional<double>& value) {
      return value ? fmt::format("{:.6g}", *value) : std::string();
    };
    const auto count = [](int value) { return value > 0 ? std::to_string(value) : std::string(); };
    const auto& error = result.error;
    const Judgement& judgement = result.judgement;
    return fmt::format(
        "{},{},{},{},{},{},{:.2f},{},{},{},{},{},{},{},{:.3f},{},{},{},{},{},{},{},{},{}\r\n",
        result.index, path(result.original_path), path(result.optimized_path), result.original_size,
        result.optimized_size, result.saved_bytes(), result.compression_ratio(),
        result.success() ? "true" : "false", error ? std::string_view() : name_of(result.decision),
        format_name(result.input_format), format_name(result.format), result.width, result.height,
        result.frames, static_cast<double>(result.elapsed.count()) / 1000, number(judgement.score),
        number(judgement.target), count(judgement.quality), count(judgement.encodes),
        name_of(result.stage), error ? name_of(error->code()) : std::string_view(),
        error ? field(error->message()) : std::string(),
        error ? field(error->advice()) : std::string(), field(notes));
  }
  std::string_view separator() const override { return {}; }
  std::string tail(const BatchSummary& /*summary*/,
                   const ReportPictures* /*pictures*/) const override {
    return {};
  }

 private:
  static std::string field(std::string_view text) {
    std::string clean = printable(text);
    if (clean.find_first_of(",\"") == std::string::npos) return clean;
    std::string quoted = "\"";
    for (const char c : clean) quoted.append(c == '"' ? 2 : 1, c);
    return quoted + '"';
  }
  /// Spreadsheets take a cell that starts with one of these characters as a formula, and file names
  /// are not trusted. "./" names the same file.
  static std::string path(const fs::path& file) {
    const std::string& text = file.native();
    const bool formula = !text.empty() && std::string_view("=+-@\t").contains(text.front());
    return field(formula ? "./" + text : text);
  }
};

/// Puts results into task order and writes them.
class OrderedReport final : public ReportWriter {
 public:
  OrderedReport(AtomicFile file, fs::path name, std::unique_ptr<ReportStyle> style)
      : file_(std::move(file)), name_(std::move(name)), style_(std::move(style)) {}

  Result<void> begin(const ImageSettings& settings) {
    return file_.write(as_bytes(style_->head(settings)));
  }

  void on_result(const OptimizationResult& result) override {
    waiting_.emplace(result.index, style_->entry(result));
    while (!waiting_.empty() && waiting_.begin()->first == next_) {
      append(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      ++next_;
    }
    flush(std::size_t{1} << 16);
  }

  void show_pictures(ReportPictures pictures) override { pictures_ = std::move(pictures); }

  Result<void> finish(const BatchSummary& summary) override {
    // A stopped batch leaves gaps; the rest is still written in order.
    for (const auto& [index, entry] : waiting_) append(entry);
    waiting_.clear();
    pending_ += style_->tail(summary, pictures_ ? &*pictures_ : nullptr);
    flush(0);
    if (error_) return std::unexpected(*error_);
    file_.default_permissions();
    IMGMILL_CHECK(file_.sync());
    IMGMILL_CHECK(file_.commit(Replace::yes));
    return {};
  }

 private:
  void append(const std::string& entry) {
    if (!first_) pending_ += style_->separator();
    first_ = false;
    pending_ += entry;
  }
  /// Writes if more than `enough` bytes are pending. Errors are reported at the end.
  void flush(std::size_t enough) {
    if (pending_.size() <= enough) return;
    if (!error_) {
      if (Result<void> written = file_.write(as_bytes(pending_)); !written) {
        error_ = std::move(written).error();
      }
    }
    pending_.clear();
  }

  AtomicFile file_;
  fs::path name_;
  std::unique_ptr<ReportStyle> style_;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, std::string> waiting_;
  std::string pending_;
  bool first_ = true;
  std::optional<ReportPictures> pictures_;
  std::optional<Error> error_;
};

}  // namespace

Result<std::unique_ptr<ReportWriter>> ReportWriter::create(const fs::path& file,
                                                           const ImageSettings& settings) {
  std::string extension = file.extension().native();
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  std::unique_ptr<ReportStyle> style;
  if (extension == ".json") style = std::make_unique<JsonStyle>();
  if (extension == ".csv") style = std::make_unique<CsvStyle>();
  if (extension == ".html" || extension == ".htm") style = make_html_style();
  if (!style) {
    return fail(ErrorCode::usage,
                fmt::format("'{}' does not say which kind of report it is", printable(file)),
                "name it .json, .csv or .html");
  }
  IMGMILL_CHECK(make_folders(file.parent_path()));
  IMGMILL_TRY(AtomicFile output, AtomicFile::create(file));
  auto report = std::make_unique<OrderedReport>(std::move(output), file, std::move(style));
  IMGMILL_CHECK(report->begin(settings));
  return report;
}

}  // namespace imgmill
