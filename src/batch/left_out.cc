#include "imgmill/left_out.h"

#include "base/file_names.h"
#include "base/text.h"

namespace imgmill {
namespace {

/// The extension in lower case, if it looks like one.
std::string extension_word(const std::filesystem::path& path) {
  constexpr std::size_t longest = 12;
  std::string extension = lower_case(path.extension().native());
  if (extension.size() < 2 || extension.size() > longest) return "extensionless file";
  return printable(extension.substr(1));
}

}  // namespace

std::string LeftOut::kind() const {
  switch (reason) {
    case LeftOutReason::no_image:
      return extension_word(path);
    case LeftOutReason::other_picture:
      return std::string(other_picture_format(path.filename().native()));
    case LeftOutReason::hidden_file:
      return "hidden file";
    case LeftOutReason::hidden_folder:
      return "hidden folder";
    case LeftOutReason::linked_folder:
      return "linked folder";
    case LeftOutReason::excluded_file:
      return "excluded file";
    case LeftOutReason::excluded_folder:
      return "excluded folder";
    case LeftOutReason::special:
      return "no regular file";
  }
  return "other";
}

void LeftOutSummary::add(const LeftOut& left_out) {
  ++files;
  std::string kind = left_out.kind();
  if (!kinds.contains(kind) && kinds.size() >= most_kinds) kind = "other";
  ++kinds[kind];
}

void CopySummary::add(const CopiedFile& file) {
  if (file.error) {
    ++failed;
  } else if (file.was_there) {
    ++there;
  } else {
    ++files;
    bytes += file.bytes;
  }
}

}  // namespace imgmill
