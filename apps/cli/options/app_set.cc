// Command line: sets for web pages.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "options/app.h"
#include "options/define.h"
#include "sets/variant_names.h"

namespace imgmill::cli {
namespace {

/// Calls `add` with each part between commas.
template <typename Add>
Result<void> for_each_part(std::string_view text, Add add) {
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    IMGMILL_CHECK(add(text.substr(start, end - start)));
    start = end + 1;
  }
  return {};
}

Result<std::vector<std::uint32_t>> parse_widths(std::string_view text) {
  std::vector<std::uint32_t> widths;
  IMGMILL_CHECK(for_each_part(text, [&](std::string_view part) -> Result<void> {
    auto width = parse_number(part, 1, SetOptions::widest);
    if (!width) {
      return fail(ErrorCode::usage, width.error().message(),
                  "write widths in pixels, the smallest first: 480,960,1600");
    }
    widths.push_back(static_cast<std::uint32_t>(*width));
    return {};
  }));
  return widths;
}

Result<std::vector<double>> parse_densities(std::string_view text) {
  std::vector<double> densities;
  IMGMILL_CHECK(for_each_part(text, [&](std::string_view part) -> Result<void> {
    double density = 0;
    const char* const last = part.data() + part.size();
    const auto [stop, error] = std::from_chars(part.data(), last, density);
    if (error != std::errc{} || stop + 1 != last || *stop != 'x') {
      return fail(ErrorCode::usage, "'" + printable(part) + "' is not a density",
                  "write for example 1x,2x or 1x,1.5x,2x");
    }
    densities.push_back(density);
    return {};
  }));
  return densities;
}

Result<std::vector<Format>> parse_set_formats(std::string_view text) {
  std::vector<Format> formats;
  IMGMILL_CHECK(for_each_part(text, [&](std::string_view part) -> Result<void> {
    const auto format = format_named(part);
    if (!format || !info(*format).writable || *format == Format::svg) {
      std::vector<std::string> names = format_names();
      std::erase(names, std::string(info(Format::svg).name));
      return fail(ErrorCode::usage, "'" + printable(part) + "' is not a format of sets",
                  fmt::format("write a list of {}", fmt::join(names, ",")));
    }
    formats.push_back(*format);
    return {};
  }));
  return formats;
}

}  // namespace

void CommandLine::define_set() {
  CLI::App& app = *app_.add_subcommand(
      "set", "Make each image in several widths and formats, with HTML and a manifest.");
  add_words(app, "INPUT", optimize_.inputs,
            "Images and folders, with all below them; @FILE is a list of paths.");
  const std::string what = "Sets";
  add_value(app, "--widths", "LIST", set_.set.widths, parse_widths,
            "Widths in pixels, the smallest first: 480,960,1600. No image is enlarged: of those "
            "that are too wide, one stands for the image's own width.")
      ->group(what);
  add_value(app, "--formats", "LIST", set_.set.formats, parse_set_formats,
            "Formats, such as avif,webp,jpeg. Drawings (SVG) stay what they are.")
      ->group(what);
  add_value(app, "--densities", "LIST", set_.set.densities, parse_densities,
            "Multiply the widths by these densities of screens, such as 1x,2x. With one width, "
            "snippets tell variants apart by density.")
      ->group(what);
  add_value(
      app, "--manifest", "FILE", set_.manifest,
      [](std::string_view text) -> Result<std::optional<std::filesystem::path>> {
        return any_path(text);
      },
      "Write JSON with all images, their variants, colours and placeholders.")
      ->group(what);
  add_value(app, "--html", "picture|img", set_.set.html,
            one_of<std::optional<HtmlElement>>(
                {{"picture", HtmlElement::picture}, {"img", HtmlElement::img}}),
            "Write the HTML of each image to NAME.html beside its variants, and into the manifest: "
            "a picture with all formats, or an img with the one that most browsers show.")
      ->group(what);
  add_value(app, "--sizes", "TEXT", set_.set.sizes, any_text,
            "How wide images are shown, for the HTML: '(max-width: 600px) 100vw, 50vw'. Default "
            "100vw.")
      ->group(what);
  add_value(app, "--base", "URL", set_.set.base, any_text,
            "What comes before all paths in the HTML, such as /images/.")
      ->group(what);
  const std::string where = "Where results go";
  add_value(app, "-o,--output", "DIR", optimize_.output, any_text,
            "Folder for the results, made when missing.")
      ->group(where);
  add_value(app, "--name", "PATTERN", set_.set.name, any_text,
            fmt::format("How variants are called, of {{stem}}, {{from}} (the input's extension), "
                        "{{width}}, {{height}}, {{format}}, {{hash8}} (of the bytes) and {{ext}}. "
                        "Default '{}'.",
                        VariantNames::usual))
      ->group(where);
  add_picture_options(app);
  add_config_options(app);
  add_choice_of_files(app);
  add_run_options(app, optimize_.run);
  for (const char* option :
       {"--resize", "--enlarge", "--fit", "--format", "--allow", "--budget", "--pipeline",
        "--dry-run", "--check", "--check-threshold", "--resume", "--skip-existing", "--report"}) {
    app.remove_option(app.get_option(option));
  }
}

Result<Request> CommandLine::finish_set() {
  IMGMILL_CHECK(finish_picture());
  if (optimize_.inputs.empty()) {
    return fail(ErrorCode::usage, "no INPUT was given",
                "write: imgmill set assets -o dist --widths 480,960 --formats avif,jpeg");
  }
  for (const std::string& input : optimize_.inputs) {
    if (input != "-") continue;
    return fail(ErrorCode::usage, "a set of standard input (-) would have no name",
                "name files or folders");
  }
  if (optimize_.output.empty() || optimize_.output == "-") {
    return fail(ErrorCode::usage, "it is not said where the results go", "add -o FOLDER");
  }
  IMGMILL_CHECK(validate(set_.set));
  const bool several = device_widths(set_.set).size() > 1;
  if (!set_.set.name.empty()) IMGMILL_CHECK(VariantNames::parse(set_.set.name, several));
  set_.optimize = optimize_;
  set_.optimize.run.output.resumes = false;
  return set_;
}

}  // namespace imgmill::cli
