#include "imgmill/result.h"

namespace imgmill {

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

}  // namespace imgmill
