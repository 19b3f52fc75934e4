// Messages between page, window and engine, as text. Does not depend on GTK.
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

/// The page is ready.
struct Ready {};
/// Asks for the system's folder dialog; answered with the path, or null.
struct ChooseFolder {
  std::string title;  ///< in the language of the page
  std::string start;  ///< empty: the dialog decides
};
/// Asks where to save the next download.
struct SaveAs {
  std::string name;  ///< file name without a folder
};
/// Progress of the work, 0 to 1; nullopt if there is no work.
struct Progress {
  std::optional<double> part;
};
/// A job has ended.
struct Ended {
  std::string title;
  std::string body;
};
using PageMessage = std::variant<Ready, ChooseFolder, SaveAs, Progress, Ended>;

/// Parses a message. Rejects anything over 16 KiB, unknown kinds or fields, and texts that are too
/// long. Errors: a description for developers.
[[nodiscard]] std::expected<PageMessage, std::string> parse_page_message(std::string_view text);

// ---- To the page -----------------------------------------------------------------

/// Paths that the engine has allowed: each folder becomes a job, files of one folder share a job.
[[nodiscard]] std::string opened_event(const std::vector<std::filesystem::path>& paths);
[[nodiscard]] std::string saved_event(const std::string& path);
[[nodiscard]] std::string not_saved_event(const std::string& reason);
[[nodiscard]] std::string refused_event(const std::string& reason);
[[nodiscard]] std::string chosen_folder_answer(const std::optional<std::string>& path);
[[nodiscard]] std::string chosen_place_answer(bool chosen);

// ---- With the engine -------------------------------------------------------------

/// Address of the page: "http://127.0.0.1:7340/#token=...".
struct Address {
  std::string url;
  std::string origin;  ///< without a trailing slash
};
/// Parses the engine's first line. Returns nullopt unless it is such an address on this machine.
[[nodiscard]] std::optional<Address> parse_address(std::string_view line);

[[nodiscard]] std::string allow_command(std::uint64_t id, const std::vector<std::string>& paths);

struct AllowAnswer {
  std::uint64_t id = 0;
  std::vector<std::filesystem::path> allowed;  ///< canonical
  std::string refusal;                         ///< message and advice of the first one, or empty
};
[[nodiscard]] std::optional<AllowAnswer> parse_allow_answer(std::string_view line);

/// True if an address belongs to `origin`, rather than merely starting with the same text.
[[nodiscard]] bool is_of(std::string_view address, std::string_view origin);

}  // namespace imgmill::desktop
