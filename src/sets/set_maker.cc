#include "sets/set_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <new>
#include <optional>

#include "base/try.h"
#include "imgmill/maker.h"
#include "schema/json_settings.h"
#include "sets/selection.h"

namespace imgmill {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

/// Runs `step`; exceptions become errors, since one bad image must not end the others.
template <typename Step>
std::invoke_result_t<Step> guarded(Step step) {
  try {
    return step();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::environment, "there was not enough memory for this image",
                "use fewer jobs (--jobs), or lower limits");
  } catch (const std::exception& exception) {
    return fail(ErrorCode::internal, fmt::format("unexpected: {}", exception.what()),
                "please report this with the image");
  }
}

std::string called(const ImageSettings& settings) {
  if (!settings.output_format) return "the drawing";
  return fmt::format("{} at {} px", info(*settings.output_format).name, settings.resize.width);
}

void note(OptimizationResult& result, std::string text) {
  if (std::ranges::find(result.notes, text) == result.notes.end()) {
    result.notes.push_back(std::move(text));
  }
}

/// Successful slots in the format that was asked for. An animation comes in fewer formats.
Result<std::vector<const OpenSet::Slot*>> usable(const OpenSet& set, OptimizationResult& result) {
  const bool moves = std::ranges::any_of(
      set.slots, [](const OpenSet::Slot& slot) { return slot.made && slot.made->frames > 1; });
  std::vector<const OpenSet::Slot*> slots;
  std::optional<Error> first_error;
  for (const OpenSet::Slot& slot : set.slots) {
    const std::optional<Format>& asked = slot.settings.output_format;
    const bool too_still = moves && asked && !info(*asked).animation;
    if (slot.made && (!asked || slot.made->format == *asked)) {
      slots.push_back(&slot);
    } else if (too_still) {
      note(result, fmt::format("not as {}, which holds no animations", info(*asked).name));
    } else if (!first_error) {
      first_error = slot.made ? Error(ErrorCode::unsupported,
                                      fmt::format("it does not become {}", info(*asked).name))
                              : slot.made.error();
      if (first_error->code() != ErrorCode::cancelled && set.slots.size() > 1) {
        first_error = std::move(*first_error).within("making " + called(slot.settings));
      }
    }
  }
  if (first_error) return std::unexpected(*std::move(first_error));
  if (!slots.empty()) return slots;
  return fail(ErrorCode::unsupported, "none of the formats holds animations",
              "add webp or gif to --formats, or take the first frame with --first-frame");
}

/// The variants that are worth having; notes about the others.
std::vector<ChosenVariant> chosen_of(const OpenSet& set,
                                     const std::vector<const OpenSet::Slot*>& slots,
                                     OptimizationResult& result) {
  std::vector<ChosenVariant> chosen;
  for (auto from = slots.begin(); from != slots.end();) {
    const Format format = (*from)->made->format;
    const auto to = std::find_if(
        from, slots.end(), [&](const OpenSet::Slot* slot) { return slot->made->format != format; });
    std::vector<VariantSize> sizes;
    std::vector<ChosenVariant> variants;
    for (auto slot = from; slot != to; ++slot) {
      const Optimized& made = *(*slot)->made;
      const ByteView bytes =
          made.decision == Decision::kept ? set.input.bytes.view() : made.bytes.view();
      variants.push_back({&made, bytes});
      sizes.push_back({made.width, bytes.size()});
    }
    const std::vector<Worth> worth = worth_of(sizes);
    for (std::size_t i = 0; i < variants.size(); ++i) {
      if (worth[i] == Worth::kept) {
        chosen.push_back(variants[i]);
      } else if (worth[i] == Worth::no_smaller) {
        note(result, fmt::format("no {} at {} px, which is no smaller than a wider one",
                                 info(format).name, sizes[i].width));
      }
    }
    from = to;
  }
  return chosen;
}

/// Adds what is known of the variants to the result.
void sum_up(const std::vector<ChosenVariant>& chosen, OptimizationResult& result) {
  result.decision = Decision::reencoded;
  if (chosen.size() == 1) {
    result.decision = chosen.front().made->decision;
    result.format = chosen.front().made->format;
  }
  std::uint32_t narrowest = chosen.front().made->width;
  std::uint32_t widest = narrowest;
  for (const ChosenVariant& variant : chosen) {
    const Optimized& made = *variant.made;
    result.optimized_size += variant.bytes.size();
    result.frames = std::max(result.frames, made.frames);
    result.private_left |= made.private_left;
    Judgement& all = result.judgement;
    if (made.judgement.score && (!all.score || *made.judgement.score < *all.score)) {
      all.score = made.judgement.score;
      all.target = made.judgement.target;
    }
    all.encodes += made.judgement.encodes;
    all.probes += made.judgement.probes;
    narrowest = std::min(narrowest, made.width);
    widest = std::max(widest, made.width);
    for (const std::string& text : made.notes) {
      note(result, fmt::format("{}: {}", info(made.format).name, text));
    }
  }
  std::string count = chosen.size() == 1 ? fmt::format("1 variant, {} px", widest)
                                         : fmt::format("{} variants, {} to {} px", chosen.size(),
                                                       narrowest, widest);
  result.notes.insert(result.notes.begin(), std::move(count));
}

}  // namespace

OptimizationResult result_of(const SetTask& what, Stage stage) {
  OptimizationResult result;
  result.index = what.index;
  result.original_path = what.task.input_path;
  result.optimized_path = what.task.output_path.parent_path();
  result.stage = stage;
  return result;
}

std::expected<std::shared_ptr<OpenSet>, OptimizationResult> SetMaker::open(
    SetTask what, const std::stop_token& stop) {
  auto set = std::make_shared<OpenSet>(std::move(what));
  const std::filesystem::path& input = set->what.task.input_path;
  Stage stage = Stage::read;
  const Result<void> opened = guarded([&]() -> Result<void> {
    IMGMILL_TRY(const OpenFile file, open_file(input));
    auto permit = budget_.acquire(file.facts.size, stop);
    if (!permit) return fail(ErrorCode::cancelled, "stopped before it was done");
    set->permit = *std::move(permit);
    IMGMILL_TRY(set->input, read_file(input, batch_.limits.max_input_bytes));
    set->settled = settled(set->input.facts);
    set->content = content_hash(set->input.bytes.view());
    stage = Stage::process;
    IMGMILL_TRY(set->placeholder, tools_.placeholder(set->input.bytes.view(), batch_.limits));
    plan_variants(*set);
    for (const OpenSet::Slot& slot : set->slots) IMGMILL_CHECK(validate(slot.settings));
    set->left = set->slots.size();
    return {};
  });
  if (opened) return set;
  OptimizationResult result = result_of(set->what, stage);
  result.original_size = set->input.bytes.size();
  result.error = opened.error();
  return std::unexpected(std::move(result));
}

void SetMaker::plan_variants(OpenSet& set) const {
  ImageSettings settings = *set.what.task.settings;
  if (sniff(set.input.bytes.view()) == Format::svg) {
    // Drawings are sharp at all widths.
    settings.output_format.reset();
    settings.crop = {};
    set.slots.emplace_back(settings);
    return;
  }
  for (const Format format : options_.formats) {
    for (const std::uint32_t width : widths_for(widths_, set.placeholder.width)) {
      settings.output_format = format;
      settings.resize.mode = ResizeMode::width;
      settings.resize.width = width;
      set.slots.emplace_back(settings);
    }
  }
}

bool SetMaker::make(OpenSet& set, std::size_t slot, const std::stop_token& stop) {
  OpenSet::Slot& place = set.slots[slot];
  if (!stop.stop_requested()) {
    place.made = guarded([&] { return made(set, place.settings); });
  }
  return --set.left == 0;
}

Result<Optimized> SetMaker::made(const OpenSet& set, const ImageSettings& settings) {
  const ByteView input = set.input.bytes.view();
  const ContentHash recipe =
      cache_ == nullptr ? ContentHash() : recipe_hash(json_of(settings).dump(), maker());
  if (cache_ != nullptr) {
    if (const auto known = cache_->find(set.content, recipe)) {
      Optimized output{*known, known->format, known->input_format, {}};
      if (known->decision == Decision::kept) return output;
      if (auto bytes = cache_->bytes_of(set.content, recipe, *known)) {
        output.bytes = *std::move(bytes);
        return output;
      }
    }
  }
  IMGMILL_TRY(Optimized output, tools_.optimize(input, settings, batch_.limits));
  if (cache_ != nullptr) {
    const ByteView bytes = output.decision == Decision::kept ? input : output.bytes.view();
    KnownResult known{output, output.format, output.input_format};
    known.size = bytes.size();
    known.output = content_hash(bytes);
    cache_->remember(set.content, recipe, known, bytes, true);
  }
  if (output.decision == Decision::kept) output.bytes = {};
  return output;
}

Result<Placeholder> SetMaker::placeholder_for(const OpenSet& set,
                                              const std::vector<ChosenVariant>& variants) const {
  if (set.what.task.settings->crop.none()) return set.placeholder;
  // Of what the page shows.
  const auto smallest = std::ranges::min_element(
      variants, {}, [](const ChosenVariant& variant) { return variant.bytes.size(); });
  IMGMILL_TRY(Placeholder cut, tools_.placeholder(smallest->bytes, batch_.limits));
  cut.width = set.placeholder.width;
  cut.height = set.placeholder.height;
  return cut;
}

SetOutcome SetMaker::finish(OpenSet& set) {
  SetOutcome outcome{result_of(set.what, Stage::process), {}};
  OptimizationResult& result = outcome.result;
  result.original_size = set.input.bytes.size();
  result.input_format = sniff(set.input.bytes.view());
  Result<std::string> entry = guarded([&]() -> Result<std::string> {
    IMGMILL_TRY(const std::vector<const OpenSet::Slot*> slots, usable(set, result));
    const std::vector<ChosenVariant> chosen = chosen_of(set, slots, result);
    IMGMILL_TRY(const Placeholder placeholder, placeholder_for(set, chosen));
    result.stage = Stage::write;
    // What has to be told each time is looked at each time.
    const bool private_left = std::ranges::any_of(
        chosen, [](const ChosenVariant& variant) { return variant.made->private_left.any(); });
    IMGMILL_TRY(std::string json,
                writer_.write({set.what, set.input.facts, set.settled && !private_left}, chosen,
                              placeholder));
    result.width = placeholder.width;
    result.height = placeholder.height;
    sum_up(chosen, result);
    return json;
  });
  result.elapsed = duration_cast<microseconds>(std::chrono::steady_clock::now() - set.start);
  if (entry) {
    outcome.entry = *std::move(entry);
  } else {
    result.error = std::move(entry).error();
  }
  set.slots.clear();
  set.input.bytes = {};
  set.permit.release();
  return outcome;
}

}  // namespace imgmill
