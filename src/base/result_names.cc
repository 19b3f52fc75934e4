#include <array>

#include "imgmill/compare.h"
#include "imgmill/result.h"

namespace imgmill {
namespace {

struct Verdict {
  double from;
  std::string_view words;
};

// Thresholds: README of https://github.com/cloudinary/ssimulacra2.
constexpr std::array verdicts = {
    Verdict{100, "the same picture: the metric finds no difference"},
    Verdict{90, "not to be told apart, even when the two flicker in one place"},
    Verdict{85, "not to be told apart, even when one is flipped to the other"},
    Verdict{80, "not to be told apart side by side"},
    Verdict{70, "hard to notice without the original beside it"},
    Verdict{50, "a difference that attentive eyes notice"},
    Verdict{30, "a difference that is plain to see"},
    Verdict{10, "a bad copy"},
};
constexpr std::string_view worst_verdict = "a very bad copy, or another picture";

}  // namespace

std::string_view name_of(Decision decision) {
  switch (decision) {
    case Decision::reencoded:
      return "reencoded";
    case Decision::transcoded:
      return "transcoded";
    case Decision::stripped:
      return "stripped";
    case Decision::kept:
      return "kept";
    case Decision::skipped:
      return "skipped";
    case Decision::planned:
      return "planned";
  }
  return "kept";
}

std::string_view name_of(Stage stage) {
  switch (stage) {
    case Stage::plan:
      return "plan";
    case Stage::validate:
      return "validate";
    case Stage::read:
      return "read";
    case Stage::process:
      return "process";
    case Stage::write:
      return "write";
  }
  return "write";
}

std::vector<std::string_view> names_of(const PrivateData& data) {
  std::vector<std::string_view> names;
  if (data.position) names.emplace_back("position");
  if (data.serial) names.emplace_back("serial number");
  if (data.thumbnail) names.emplace_back("thumbnail");
  if (data.comment) names.emplace_back("comment");
  return names;
}

std::string_view verdict_of(double score) {
  for (const Verdict& verdict : verdicts) {
    if (score >= verdict.from) return verdict.words;
  }
  return worst_verdict;
}

}  // namespace imgmill
