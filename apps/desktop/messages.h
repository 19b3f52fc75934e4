// What page, window and engine say to each other, as text. Knows no GTK.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace imgmill::desktop {

// ---- From the page ---------------------------------------------------------------

/// The page can be used.
struct Ready {};
/// Asks for the system's dialog; answered by the path, or null.
struct ChooseFolder {
  std::string title;  ///< in the page's language
  std::string start;  ///< empty: wherever the dialog thinks fit
};
/// Asks where the next download is to go.
struct SaveAs {
  std::string name;  ///< a file's name, without a folder
};
/// How much of the work is done, 0 to 1; nothing when there is no work.
struct Progress {
  std::optional<double> part;
};
/// A job is over.
struct Ended {
  std::string title;
  std::string body;
};
using PageMessage = std::variant<Ready, ChooseFolder, SaveAs, Progress, Ended>;

/// Errors: what is wrong, for a developer. Nothing of more than 16 KiB, no unknown kind or
/// field, and no text that is longer than it has reason to be is taken.
[[nodiscard]] std::expected<PageMessage, std::string> parse_page_message(std::string_view text);

// ---- To the page -----------------------------------------------------------------

/// Paths the engine has allowed: each folder is a place, files of one folder are one together.
[[nodiscard]] std::string opened_event(const std::vector<std::filesystem::path>& paths);
[[nodiscard]] std::string saved_event(const std::string& path);
[[nodiscard]] std::string not_saved_event(const std::string& reason);
[[nodiscard]] std::string refused_event(const std::string& reason);
[[nodiscard]] std::string chosen_folder_answer(const std::optional<std::string>& path);
[[nodiscard]] std::string chosen_place_answer(bool chosen);

// ---- With the engine -------------------------------------------------------------

/// Where the page is: "http://127.0.0.1:7340/#token=...".
struct Address {
  std::string url;
  std::string origin;  ///< without a slash at its end
};
/// The engine's first line. Nothing when it is not such an address on this machine.
[[nodiscard]] std::optional<Address> parse_address(std::string_view line);

[[nodiscard]] std::string allow_command(std::uint64_t id, const std::vector<std::string>& paths);

struct AllowAnswer {
  std::uint64_t id = 0;
  std::vector<std::filesystem::path> allowed;  ///< canonical
  std::string refusal;                         ///< the first one's message and advice; or empty
};
[[nodiscard]] std::optional<AllowAnswer> parse_allow_answer(std::string_view line);

/// Whether an address belongs to `origin`, and not only begins like it.
[[nodiscard]] bool is_of(std::string_view address, std::string_view origin);

}  // namespace imgmill::desktop
