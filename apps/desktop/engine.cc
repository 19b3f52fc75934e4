#include "engine.h"

#include <signal.h>

#include <cstdio>
#include <utility>

namespace imgmill::desktop {
namespace {

constexpr unsigned ms_to_finish = 10'000;
constexpr std::size_t most_complaint = 4096;

/// GIO callbacks take a pointer; this one keeps the engine alive until they run.
using Held = std::shared_ptr<Engine>;
gpointer hold(Held engine) { return new Held(std::move(engine)); }
Held release(gpointer held) {
  const std::unique_ptr<Held> pointer(static_cast<Held*>(held));
  return std::move(*pointer);
}

std::optional<std::string> line_of(GObject* stream, GAsyncResult* result) {
  gsize length = 0;
  const Owned<char> line(
      g_data_input_stream_read_line_finish(G_DATA_INPUT_STREAM(stream), result, &length, nullptr));
  if (!line) return std::nullopt;
  return std::string(line.get(), length);
}

Owned<GDataInputStream> lines_of(GInputStream* stream) {
  Owned<GDataInputStream> lines(g_data_input_stream_new(stream));
  // One line of the answer may contain some megabytes of paths.
  g_buffered_input_stream_set_buffer_size(G_BUFFERED_INPUT_STREAM(lines.get()), 64 << 10);
  return lines;
}

}  // namespace

std::string Engine::find_program(const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  const Owned<char> self(g_file_read_link("/proc/self/exe", nullptr));
  if (self) {
    const std::filesystem::path beside =
        std::filesystem::path(self.get()).parent_path() / "imgmill";
    if (g_file_test(beside.c_str(), G_FILE_TEST_IS_EXECUTABLE) != FALSE) return beside;
  }
  const Owned<char> found(g_find_program_in_path("imgmill"));
  return found ? found.get() : "imgmill";
}

std::shared_ptr<Engine> Engine::start(const std::string& program, EngineListener listener) {
  std::shared_ptr<Engine> engine(new Engine(program, std::move(listener)));
  engine->spawn();
  return engine;
}

Engine::Engine(std::string program, EngineListener listener)
    : program_(std::move(program)), listener_(std::move(listener)) {}

Engine::~Engine() {
  if (patience_ != 0) g_source_remove(patience_);
}

void Engine::spawn() {
  const Owned<GSubprocessLauncher> launcher(g_subprocess_launcher_new(
      static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                    G_SUBPROCESS_FLAGS_STDERR_PIPE)));
  Owned<GError> error;
  process_.reset(g_subprocess_launcher_spawn(launcher.get(), ErrorInto(error), program_.c_str(),
                                             "serve", "--json", "--control", nullptr));
  if (!process_) {
    const std::string why = error ? error->message : "It could not be started.";
    g_idle_add_once(
        [](gpointer held) {
          const Held engine = release(held);
          engine->tell_ended(engine->complained_);
        },
        hold(shared_from_this()));
    complained_ = why;
    return;
  }
  answers_ = lines_of(g_subprocess_get_stdout_pipe(process_.get()));
  complaints_ = lines_of(g_subprocess_get_stderr_pipe(process_.get()));
  read_line();
  read_complaint();
  watch();
}

void Engine::read_line() {
  g_data_input_stream_read_line_async(
      answers_.get(), G_PRIORITY_DEFAULT, nullptr,
      [](GObject* stream, GAsyncResult* result, gpointer held) {
        const Held engine = release(held);
        const auto line = line_of(stream, result);
        if (!line) return;
        engine->take_line(*line);
        engine->read_line();
      },
      hold(shared_from_this()));
}

void Engine::take_line(const std::string& line) {
  if (!has_address_) {
    const auto address = parse_address(line);
    if (!address) {
      complained_ = "It is not the imgmill that this window was made for (" + program_ + ").";
      g_subprocess_send_signal(process_.get(), SIGTERM);
      return;
    }
    has_address_ = true;
    if (listener_.ready) listener_.ready(*address);
    return;
  }
  const auto answer = parse_allow_answer(line);
  if (!answer) return;
  const auto node = waiting_.extract(answer->id);
  if (!node.empty()) node.mapped()(*answer);
}

void Engine::read_complaint() {
  g_data_input_stream_read_line_async(
      complaints_.get(), G_PRIORITY_DEFAULT, nullptr,
      [](GObject* stream, GAsyncResult* result, gpointer held) {
        const Held engine = release(held);
        const auto line = line_of(stream, result);
        if (!line) return;
        std::fprintf(stderr, "%s\n", line->c_str());
        std::string& all = engine->complained_;
        if (!all.empty()) all += '\n';
        all += *line;
        if (all.size() > most_complaint) all.erase(0, all.size() - most_complaint);
        engine->read_complaint();
      },
      hold(shared_from_this()));
}

void Engine::watch() {
  g_subprocess_wait_async(
      process_.get(), nullptr,
      [](GObject* process, GAsyncResult* result, gpointer held) {
        const Held engine = release(held);
        g_subprocess_wait_finish(G_SUBPROCESS(process), result, nullptr);
        // Its last output may still be in the pipe.
        g_timeout_add_once(
            100, [](gpointer again) { release(again)->gone(); }, hold(engine));
      },
      hold(shared_from_this()));
}

void Engine::gone() {
  if (patience_ != 0) g_source_remove(std::exchange(patience_, 0));
  if (finished_) std::exchange(finished_, nullptr)();
  std::string why = complained_;
  if (why.empty()) {
    GSubprocess* const process = process_.get();
    why =
        g_subprocess_get_if_signaled(process) != FALSE
            ? "It was ended by signal " + std::to_string(g_subprocess_get_term_sig(process)) + "."
            : "It ended with status " + std::to_string(g_subprocess_get_exit_status(process)) + ".";
  }
  tell_ended(why);
}

void Engine::tell_ended(const std::string& why) {
  for (auto& [id, done] : std::exchange(waiting_, {})) {
    done({id, {}, "the engine has ended"});
  }
  const EngineListener listener = std::exchange(listener_, {});
  if (listener.ended) listener.ended(why);
}

void Engine::allow(const std::vector<std::string>& paths,
                   std::function<void(const AllowAnswer&)> done) {
  const std::uint64_t id = next_id_++;
  if (!process_ || g_subprocess_get_identifier(process_.get()) == nullptr) {
    done({id, {}, "the engine has ended"});
    return;
  }
  waiting_.emplace(id, std::move(done));
  const std::string command = allow_command(id, paths);
  // The engine reads whenever data arrives, so this does not block for long.
  g_output_stream_write_all(g_subprocess_get_stdin_pipe(process_.get()), command.data(),
                            command.size(), nullptr, nullptr, nullptr);
}

void Engine::finish(std::function<void()> ended) {
  listener_ = {};
  if (!process_ || g_subprocess_get_identifier(process_.get()) == nullptr) return ended();
  finished_ = std::move(ended);
  g_output_stream_close(g_subprocess_get_stdin_pipe(process_.get()), nullptr, nullptr);
  patience_ = g_timeout_add_once(
      ms_to_finish,
      [](gpointer engine) {
        auto* const self = static_cast<Engine*>(engine);
        self->patience_ = 0;
        g_subprocess_force_exit(self->process_.get());
      },
      this);
}

}  // namespace imgmill::desktop
