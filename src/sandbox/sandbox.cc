#include "sandbox/sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <utility>

#include "base/try.h"
#include "platform/thread.h"
#include "sandbox/layers.h"

namespace imgmill {
namespace {

constexpr std::array<std::pair<SandboxMode, std::string_view>, 3> modes{{
    {SandboxMode::require, "require"},
    {SandboxMode::automatic, "auto"},
    {SandboxMode::off, "off"},
}};

LayerReport& entry(SandboxReport& report, Layer layer) {
  return report[static_cast<std::size_t>(layer)];
}
bool is_on(const SandboxReport& report, Layer layer) {
  return report[static_cast<std::size_t>(layer)].state == LayerState::on;
}

void note(SandboxReport& report, Layer layer, Entered outcome) {
  entry(report, layer) = {layer, outcome ? LayerState::on : LayerState::unavailable,
                          outcome ? std::move(*outcome) : std::move(outcome.error())};
}

Result<void> check_complete(SandboxMode mode, const SandboxReport& report) {
  std::string missing = mode == SandboxMode::require ? describe_missing(report) : std::string();
  if (missing.empty()) return {};
  return fail(ErrorCode::environment, fmt::format("the sandbox is not complete: {}", missing),
              "run on a kernel or in a container that grants it ('imgmill doctor' shows each "
              "layer), or accept what there is with --sandbox auto");
}

#if defined(__SANITIZE_THREAD__)
constexpr int threads_of_the_build = 2;  // ThreadSanitizer's own threads, in every process
#else
constexpr int threads_of_the_build = 1;
#endif

Result<void> check_one_thread() {
  if (thread_count() <= threads_of_the_build) return {};
  return fail(ErrorCode::internal, "the sandbox would not hold for threads that are there already",
              "please report this");
}

}  // namespace

std::string_view name_of(SandboxMode mode) {
  return std::ranges::find(modes, mode, &decltype(modes)::value_type::first)->second;
}

std::optional<SandboxMode> sandbox_mode_named(std::string_view name) {
  const auto* found = std::ranges::find(modes, name, &decltype(modes)::value_type::second);
  if (found == modes.end()) return std::nullopt;
  return found->first;
}

std::string_view name_of(Layer layer) {
  switch (layer) {
    case Layer::user_namespace:
      return "user namespace";
    case Layer::network_namespace:
      return "network namespace";
    case Layer::ipc_namespace:
      return "IPC namespace";
    case Layer::descriptors:
      return "descriptors";
    case Layer::rlimits:
      return "rlimits";
    case Layer::no_new_privs:
      return "no_new_privs";
    case Layer::landlock:
      return "landlock";
    case Layer::seccomp:
      return "seccomp";
  }
  std::unreachable();
}

std::string_view name_of(LayerState state) {
  switch (state) {
    case LayerState::on:
      return "on";
    case LayerState::off:
      return "off";
    case LayerState::unavailable:
      return "unavailable";
  }
  std::unreachable();
}

std::string describe_missing(const SandboxReport& report) {
  std::string text;
  for (const LayerReport& layer : report) {
    if (layer.state == LayerState::on) continue;
    text += fmt::format("{}{} is {}", text.empty() ? "" : ", ", name_of(layer.layer),
                        name_of(layer.state));
    if (!layer.reason.empty()) text += fmt::format(" ({})", layer.reason);
  }
  return text;
}

struct Sandbox::State {
  Choices choices;
  SandboxReport report;

  [[nodiscard]] bool left_out(Layer layer) const {
    return std::ranges::find(choices.leave_out, layer) != choices.leave_out.end();
  }
  /// Enters a layer unless it is left out, and records the outcome.
  void enter(SandboxReport& into, Layer layer, const std::function<Entered()>& step) const {
    note(into, layer, left_out(layer) ? std::unexpected("left out by the caller") : step());
  }
};

Sandbox::Sandbox(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sandbox::Sandbox(Sandbox&&) noexcept = default;
Sandbox& Sandbox::operator=(Sandbox&&) noexcept = default;
Sandbox::~Sandbox() = default;

const SandboxReport& Sandbox::expected() const { return state_->report; }

Result<Sandbox> Sandbox::prepare(const Choices& choices) {
  IMGMILL_CHECK(check_one_thread());
  auto state = std::make_unique<State>(State{choices, {}});
  SandboxReport& report = state->report;
  for (const Layer layer : all_layers) {
    report.push_back({layer, LayerState::off, "the sandbox is switched off"});
  }
  if (choices.mode == SandboxMode::off) return Sandbox(std::move(state));

  // Messages of libraries are then untranslated and need no files. Some libraries read the
  // environment themselves, later (GLib, when a drawing asks for a language).
  std::setlocale(LC_ALL, "C");
  ::setenv("LC_ALL", "C", 1);
  ::unsetenv("LANGUAGE");
  tzset();
  const auto later = [] { return Entered(std::string()); };
  state->enter(report, Layer::user_namespace, enter_user_namespace);
  state->enter(report, Layer::network_namespace, enter_network_namespace);
  state->enter(report, Layer::ipc_namespace, enter_ipc_namespace);
  state->enter(report, Layer::descriptors, later);
  state->enter(report, Layer::rlimits, later);
  state->enter(report, Layer::no_new_privs, later);
  state->enter(report, Layer::landlock, check_landlock);
  state->enter(report, Layer::seccomp, check_seccomp);
  IMGMILL_CHECK(check_complete(choices.mode, report));
  return Sandbox(std::move(state));
}

Result<SandboxReport> Sandbox::enter(const SandboxLimits& limits, std::span<const int> keep,
                                     ViolationHandler on_violation) const {
  SandboxReport report = state_->report;
  if (state_->choices.mode == SandboxMode::off) return report;
  IMGMILL_CHECK(check_one_thread());

  // A namespace for this worker alone, nested in the one shared with the others, so that its
  // threads are counted separately. Entered while /proc still belongs to it.
  auto namespace_of = UserNamespace::shared;
  if (is_on(report, Layer::user_namespace) && enter_user_namespace()) {
    namespace_of = UserNamespace::own;
  }
  const auto step = [&](Layer layer, const std::function<Entered()>& work) {
    state_->enter(report, layer, work);
  };
  step(Layer::descriptors, [&] { return keep_descriptors(keep); });
  step(Layer::rlimits, [&] { return set_limits(limits, namespace_of); });
  step(Layer::no_new_privs, give_up_privileges);
  step(Layer::landlock, enter_landlock);
  step(Layer::seccomp, [&] { return enter_seccomp(on_violation); });
  IMGMILL_CHECK(check_complete(state_->choices.mode, report));
  return report;
}

}  // namespace imgmill
