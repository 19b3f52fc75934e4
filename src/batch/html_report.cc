#include <fmt/core.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "base/base64.h"
#include "base/text.h"
#include "batch/json.h"
#include "batch/picture_choice.h"
#include "batch/report_page.h"
#include "batch/report_style.h"
#include "imgmill/version.h"

namespace imgmill {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view data_mark = "<!--DATA-->";
constexpr std::string_view nonce_mark = "%NONCE%";

/// Escapes JSON for a script element: no text in it can end the element or begin a comment,
/// whatever a file is called.
std::string harmless(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    if (c == '<' || c == '>' || c == '&') {
      text += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      text += c;
    }
  }
  return text;
}

std::string harmless_dump(const Json& json) {
  return harmless(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string new_nonce() {
  std::random_device source;
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t word = source();
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(word >> shift & 255);
  }
  return base64(as_bytes(bytes));
}

std::string with_nonce(std::string_view page, std::string_view nonce) {
  std::string text;
  for (;;) {
    const std::size_t at = page.find(nonce_mark);
    text += page.substr(0, at);
    if (at == std::string_view::npos) return text;
    text += nonce;
    page.remove_prefix(at + nonce_mark.size());
  }
}

/// In the order of their values in each row.
constexpr std::string_view fields =
    R"(["index","name","output","input_format","output_format","before","after","score","target",)"
    R"("encodes","candidates","decision","width","height","frames","notes","error"])";

class HtmlStyle final : public ReportStyle {
 public:
  HtmlStyle() : nonce_(new_nonce()) {}

  std::string head(const ImageSettings& settings) const override {
    return with_nonce(report_page.substr(0, report_page.find(data_mark)), nonce_) +
           fmt::format(
               "<script type=\"application/json\" id=\"data\">{{\"version\":\"{}\",\n"
               "\"settings\":{},\n\"fields\":{},\n\"rows\":[\n",
               version, harmless(settings_to_json(settings)), fields);
  }

  std::string entry(const OptimizationResult& result) override {
    choice_.consider(result);
    const auto name = [](const std::optional<Format>& format) {
      return format ? Json(info(*format).name) : Json();
    };
    const auto number = [](const std::optional<double>& value) {
      return value ? Json(*value) : Json();
    };
    const bool renamed = result.optimized_path != result.original_path;
    Json row = Json::array();
    row.push_back(result.index);
    row.push_back(printable(result.original_path));
    row.push_back(renamed ? Json(printable(result.optimized_path)) : Json());
    row.push_back(name(result.input_format));
    row.push_back(name(result.format));
    row.push_back(result.original_size);
    row.push_back(result.optimized_size);
    row.push_back(number(result.judgement.score));
    row.push_back(number(result.judgement.target));
    row.push_back(result.judgement.encodes);
    row.push_back(Json::array());
    for (const FormatCandidate& tried : result.judgement.candidates) {
      row.back().push_back({info(tried.format).name, tried.size, number(tried.score)});
    }
    row.push_back(result.success() ? Json(name_of(result.decision)) : Json());
    row.push_back(result.width);
    row.push_back(result.height);
    row.push_back(result.frames);
    row.push_back(Json::array());
    for (const std::string& note : result.notes) row.back().push_back(printable(note));
    row.push_back(result.error ? Json(printable(result.error->describe())) : Json());
    return harmless_dump(row);
  }

  std::string_view separator() const override { return ",\n"; }

  std::string tail(const BatchSummary& summary, const ReportPictures* pictures) const override {
    std::map<std::uint64_t, SmallPictures> made;
    if (pictures != nullptr) made = small_pictures(choice_, *pictures);
    std::string text = fmt::format("\n],\n\"summary\":{},\n\"pictures_for\":{}}}</script>\n",
                                   harmless(summary_to_json(summary)), made.size());
    text += "<script type=\"application/json\" id=\"pictures\">{";
    bool first = true;
    for (const auto& [index, picture] : made) {
      text += fmt::format("{}\n\"{}\":{{", first ? "" : ",", index);
      first = false;
      if (!picture.before.empty()) text += "\"before\":" + image(picture.before) + ",";
      if (!picture.after.empty()) text += "\"after\":" + image(picture.after) + ",";
      text += "\"why\":" + (picture.why.empty() ? "null" : harmless_dump(Json(picture.why))) + "}";
    }
    text += "}</script>\n";
    const std::size_t rest = report_page.find(data_mark) + data_mark.size();
    return text + with_nonce(report_page.substr(rest), nonce_);
  }

 private:
  static std::string image(std::string_view jpeg) {
    return "\"data:image/jpeg;base64," + base64(as_bytes(jpeg)) + "\"";
  }

  std::string nonce_;
  PictureChoice choice_{report_pictures};
};

}  // namespace

std::unique_ptr<ReportStyle> make_html_style() { return std::make_unique<HtmlStyle>(); }

}  // namespace imgmill
