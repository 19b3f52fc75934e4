#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

#include "base/text.h"
#include "commands/commands.h"
#include "commands/controls.h"
#include "commands/json_line.h"
#include "commands/places.h"
#include "server/server.h"
#include "terminal/signals.h"

namespace imgmill::cli {
namespace {

constexpr std::uint16_t usual_port = 7340;
constexpr int ports_to_try = 10;

std::vector<std::uint16_t> ports_for(const ServeOptions& options) {
  if (options.port) return {*options.port};
  std::vector<std::uint16_t> ports;
  for (int i = 0; i < ports_to_try; ++i)
    ports.push_back(static_cast<std::uint16_t>(usual_port + i));
  ports.push_back(0);
  return ports;
}

/// Asks the desktop to open `address`. Returns false if there is no desktop to ask.
bool show(const std::string& address) {
  std::string program = "xdg-open";
  std::string argument = address;
  char* const words[] = {program.data(), argument.data(), nullptr};
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&quiet, stream, "/dev/null", O_RDWR, 0);
  }
  // Its children, such as a browser, must not get our Ctrl-C.
  posix_spawnattr_t apart;
  posix_spawnattr_init(&apart);
  posix_spawnattr_setflags(&apart, POSIX_SPAWN_SETPGROUP);
  pid_t process = 0;
  const int failed = ::posix_spawnp(&process, program.c_str(), &quiet, &apart, words, environ);
  posix_spawnattr_destroy(&apart);
  posix_spawn_file_actions_destroy(&quiet);
  return failed == 0;
}

std::string line_for(const server::Server& server, bool json) {
  if (!json) return server.address() + "\n";
  return json_line({{"url", server.address()}, {"token", server.token()}, {"port", server.port()}});
}

}  // namespace

Status serve_command(const ServeOptions& options, Screen& screen) {
  server::ServerOptions how;
  how.ports = ports_for(options);
  how.optimizer = options.optimizer;
  how.new_token = options.new_token;
  how.batch.limits = options.limits;
  how.limits.max_upload_bytes = std::min(options.max_upload, options.limits.max_input_bytes);
  how.patience = options.client_timeout;
  const auto usual = data_place();
  how.workspace = options.workspace.empty() && usual ? *usual : options.workspace;
  if (how.workspace.empty()) {
    return report_error(screen, "serve",
                        Error(ErrorCode::usage, "there is no home folder for the workspace",
                              "name one with --workspace"));
  }
  for (const std::string& root : options.roots) how.roots.emplace_back(root);
  if (const auto home = home_place(); how.roots.empty() && home) how.roots.push_back(*home);

  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;
  const auto end = [&] {
    const std::lock_guard lock(mutex);
    ended = true;
    changed.notify_all();
  };
  const Interrupts interrupts(end);
  auto server = server::Server::start(std::move(how));
  if (!server) return report_error(screen, "serve", server.error());
  for (const std::string& note : (*server)->notes()) screen.trouble("warning:", " " + note);
  if (!screen.data(line_for(**server, options.json))) return Status::some_failed;
  if (options.open && !show((*server)->address())) {
    screen.trouble("warning:",
                   " the browser could not be opened (no xdg-open); open the address "
                   "above yourself");
  }
  if (!options.json) screen.line("imgmill serves until Ctrl-C; who has this address may use it");
  std::optional<Controls> controls;
  if (options.control) {
    const Allow allow = [&](const std::filesystem::path& path) { return (*server)->allow(path); };
    const auto answer = [&screen, end, allow](std::string_view line) {
      if (!screen.data(answer_command(line, allow))) end();
    };
    controls.emplace(STDIN_FILENO, answer, end);
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return ended; });
  lock.unlock();
  controls.reset();
  if (!options.json) screen.line("ending: what is being written is finished first");
  server->reset();
  return Status::well;
}

}  // namespace imgmill::cli
