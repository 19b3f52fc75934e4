#include "options/definition.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/words.h"

namespace imgmill::cli {
namespace {

constexpr std::array program_examples = {
    Example{"imgmill optimize photos -o photos-small", "a folder, its tree kept"},
    Example{"imgmill optimize --in-place --backup originals assets",
            "replace the images, keep the originals"},
    Example{"imgmill optimize logo.png -f webp -o logo.webp", "convert one image"},
    Example{"imgmill compare photo.png photo.jpg --map map.png", "how alike, and where not"},
    Example{"imgmill inspect photo.jpg", "what is in an image"},
    Example{"imgmill doctor", "what this machine offers"},
};
constexpr std::array optimize_examples = {
    Example{"imgmill optimize photos -o photos-small", "a folder, its tree kept"},
    Example{"imgmill optimize --target excellent --resize longest=2000 photos -o web",
            "for the web: a score of 85, at most 2000 pixels"},
    Example{"imgmill optimize --format auto assets -o dist", "in whichever format is smallest"},
    Example{"imgmill optimize --budget 20MB photos -o mail", "all together in 20 MB"},
    Example{"imgmill optimize --lossless --in-place --backup originals assets",
            "replace the images, every pixel the same"},
    Example{"imgmill optimize -f webp --webp-quality 82 a.png b.jpg -o out", "convert to WebP"},
    Example{"find . -name '*.jpg' -print0 | imgmill optimize @- -o out",
            "what another program finds"},
    Example{"curl -s https://example.org/a.jpg | imgmill optimize - > a.jpg", "in a pipe"},
};
constexpr std::array batch_examples = {
    Example{"imgmill batch tasks.json", "do what a file says"},
    Example{"imgmill batch tasks.json > results.jsonl", "keep the results, one JSON object a line"},
    Example{"make-tasks | imgmill batch - --progress json", "from another program"},
    Example{"imgmill batch tasks.json --dry-run", "check the tasks and do nothing"},
};
constexpr std::array compare_examples = {
    Example{"imgmill compare photo.png photo.jpg", "how much they look alike"},
    Example{"imgmill compare photo.png photo.jpg --map map.png", "and a picture of where not"},
    Example{"imgmill compare --min 80 a.png a.webp", "for a build: status 3 below 80"},
    Example{"imgmill compare --json a.png a.avif | jq .score", "for programs"},
};
constexpr std::array inspect_examples = {
    Example{"imgmill inspect photo.jpg", "what is in an image"},
    Example{"imgmill inspect *.png", "several, one after the other"},
    Example{"imgmill inspect --json *.jpg | jq .quality", "for programs, one object a line"},
    Example{"imgmill inspect - < photo.jpg", "from standard input"},
};
constexpr std::array placeholder_examples = {
    Example{"imgmill placeholder photo.jpg", "hashes, colours and a data URI"},
    Example{"imgmill placeholder --json assets/*.jpg > placeholders.jsonl", "for a build"},
    Example{"imgmill placeholder --json a.png | jq -r .data_uri", "the tiny picture alone"},
    Example{"imgmill placeholder - < photo.jpg", "from standard input"},
};
constexpr std::array cache_examples = {
    Example{"imgmill cache stats", "how much is remembered"},
    Example{"imgmill cache clear", "forget it all"},
    Example{"imgmill cache stats --cache /var/cache/imgmill", "of another place"},
    Example{"imgmill optimize photos -o small --cache off", "work without one"},
};
constexpr std::array serve_examples = {
    Example{"imgmill serve --open", "the web app, in the browser"},
    Example{"imgmill serve --root /srv/pictures --port 8000", "another folder, another port"},
    Example{"imgmill serve --workspace /var/tmp/jobs", "jobs are kept somewhere else"},
    Example{"imgmill serve --json", "address and token for a script"},
};
constexpr std::array restore_examples = {
    Example{"imgmill restore originals", "every original where it came from"},
    Example{"imgmill restore originals --remove", "and remove the backups"},
    Example{"imgmill restore originals --overwrite", "also over what was changed since"},
    Example{"imgmill restore originals --to elsewhere", "the tree in another place"},
};
constexpr std::array restore_jpeg_examples = {
    Example{"imgmill optimize photos -o archive --format jxl --lossless --keep all",
            "pack JPEGs, some fifth smaller"},
    Example{"imgmill restore-jpeg archive/photo.jxl", "the same JPEG again, beside it"},
    Example{"imgmill restore-jpeg archive/*.jxl -o photos", "into a folder"},
    Example{"imgmill restore-jpeg - -o - < photo.jxl > photo.jpg", "through a pipe"},
};
constexpr std::array set_examples = {
    Example{"imgmill set assets -o dist --widths 480,960,1600 --formats avif,jpeg",
            "six files of each image"},
    Example{"imgmill set a.jpg -o dist --widths 480,960 --formats webp,jpeg --html img",
            "and the HTML that shows it"},
    Example{"imgmill set a.jpg -o dist --widths 300 --densities 1x,2x --formats jpeg",
            "for two kinds of screens"},
    Example{"imgmill set assets -o dist --widths 960 --formats webp --manifest m.json",
            "and what a build has to know of them"},
};
constexpr std::array watch_examples = {
    Example{"imgmill watch assets -o public/images", "results follow the originals"},
    Example{"imgmill watch assets -o dist --delete", "and go with them"},
    Example{"imgmill watch assets -o dist --preset web", "with the settings of a purpose"},
    Example{"imgmill watch photos scans -o small -f webp", "several folders"},
};
constexpr std::array config_examples = {
    Example{"imgmill config", "which settings hold here, and why"},
    Example{"imgmill config assets/icons/logo.png", "for one image"},
    Example{"imgmill config assets --preset web --target 90", "and with these options"},
    Example{"imgmill config --schema > imgmill.schema.json", "for an editor"},
};
constexpr std::array doctor_examples = {
    Example{"imgmill doctor", "formats, cores and CPU features"},
    Example{"imgmill doctor --json", "the same for programs"},
    Example{"imgmill doctor --json | jq '.formats[].name'", "names of the formats"},
    Example{"imgmill doctor --json > doctor.json", "to go with a bug report"},
};

constexpr std::array statuses = {
    StatusFact{0, "all well"},
    StatusFact{1, "some images failed, or still hold private data; the others are done"},
    StatusFact{2, "wrong usage or settings; nothing was done"},
    StatusFact{3, "--check has found something to do; compare --min, a lower score"},
    StatusFact{130, "interrupted, after finishing what was being written"},
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

OptionFacts facts_of(const CLI::Option& option) {
  OptionFacts facts;
  if (!option.get_snames().empty()) facts.short_name = "-" + option.get_snames().front();
  if (!option.get_lnames().empty()) facts.long_name = "--" + option.get_lnames().front();
  if (option.get_items_expected_max() > 0) facts.value = option.get_type_name();
  facts.help = option.get_description();
  facts.group = option.get_group();
  facts.repeats = facts.positional() && option.get_items_expected_max() > 1;
  // Completions follow from the name of the value: "a|b", "FILE", "DIR".
  if (facts.value.find('|') != std::string::npos) {
    facts.choices = split(facts.value, '|');
    facts.completes = Completes::choices;
    for (std::string& choice : facts.choices) {
      const std::size_t equals = choice.find('=');
      if (equals != std::string::npos) choice.resize(equals + 1);
    }
    // Words in capitals are placeholders, not choices.
    std::erase_if(facts.choices, [](const std::string& choice) {
      return choice.empty() || (choice.front() >= 'A' && choice.front() <= 'Z');
    });
  } else if (facts.value == "DIR") {
    facts.completes = Completes::folders;
  } else if (facts.value.starts_with("FILE") || facts.value.ends_with("FILE") ||
             facts.positional()) {
    facts.completes = Completes::files;
  }
  return facts;
}

}  // namespace

std::span<const Example> examples_of(std::string_view command) {
  if (command.empty() || command == "imgmill") return program_examples;
  if (command == "optimize") return optimize_examples;
  if (command == "batch") return batch_examples;
  if (command == "compare") return compare_examples;
  if (command == "inspect") return inspect_examples;
  if (command == "placeholder") return placeholder_examples;
  if (command == "cache") return cache_examples;
  if (command == "serve") return serve_examples;
  if (command == "restore") return restore_examples;
  if (command == "restore-jpeg") return restore_jpeg_examples;
  if (command == "watch") return watch_examples;
  if (command == "set") return set_examples;
  if (command == "config") return config_examples;
  if (command == "doctor") return doctor_examples;
  return {};
}

std::span<const StatusFact> status_facts() { return statuses; }

CommandFacts facts_of(const CLI::App& app) {
  CommandFacts facts;
  if (app.get_parent() != nullptr) facts.name = app.get_name();
  facts.help = app.get_description();
  facts.examples = examples_of(facts.name);
  facts.hidden = app.get_parent() != nullptr && app.get_group().empty();
  // Positional arguments first, help last.
  for (const CLI::Option* option : app.get_options()) {
    if (option != app.get_help_ptr()) facts.options.push_back(facts_of(*option));
  }
  std::ranges::stable_partition(facts.options, &OptionFacts::positional);
  if (const CLI::Option* help = app.get_help_ptr()) facts.options.push_back(facts_of(*help));
  return facts;
}

std::vector<CommandFacts> commands_of(const CLI::App& program) {
  std::vector<CommandFacts> commands;
  for (const CLI::App* app : program.get_subcommands({})) commands.push_back(facts_of(*app));
  std::ranges::stable_partition(commands, [](const CommandFacts& facts) { return !facts.hidden; });
  return commands;
}

std::vector<std::string> groups_of(const CommandFacts& command) {
  std::vector<std::string> groups;
  for (const OptionFacts& option : command.options) {
    if (!option.positional() && std::ranges::find(groups, option.group) == groups.end()) {
      groups.push_back(option.group);
    }
  }
  return groups;
}

std::string CommandFacts::synopsis() const {
  if (name.empty()) return "imgmill COMMAND [OPTION]...";
  std::string text = "imgmill " + name + " [OPTION]...";
  for (const OptionFacts& option : options) {
    if (option.positional()) text += " " + option.value + (option.repeats ? "..." : "");
  }
  return text;
}

std::string closest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = word.size() < 5 ? 2 : 3;  // this distance and more is not close
  if (word.size() > 12) best_distance = 4;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace imgmill::cli
