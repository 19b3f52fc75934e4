// Command line: the server.
#include "options/app.h"
#include "options/define.h"

namespace imgmill::cli {
namespace {

Result<std::optional<std::uint16_t>> parse_port(std::string_view text) {
  IMGMILL_TRY(const std::int64_t port, parse_number(text, 0, 65535));
  return static_cast<std::uint16_t>(port);
}

Result<int> parse_workers(std::string_view text) {
  IMGMILL_TRY(const std::int64_t jobs, parse_number(text, 1, 1024));
  return static_cast<int>(jobs);
}

}  // namespace

void CommandLine::define_serve() {
  CLI::App& app = *app_.add_subcommand(
      "serve", "Open the web app and its HTTP API on this machine, for this machine only.");
  const std::string where = "Where";
  add_value(app, "--port", "N", serve_.port, parse_port,
            "Port on 127.0.0.1; 0: any that is free. Default 7340, or the next one that is free.")
      ->group(where);
  app.add_flag("--open", serve_.open, "Open the page in the browser.")->group(where);
  add_value(app, "--workspace", "DIR", serve_.workspace, any_path,
            "Folder for uploads, results and the list of jobs. Default: imgmill in "
            "$XDG_DATA_HOME, or ~/.local/share/imgmill.")
      ->group(where);
  app.add_flag("--new-token", serve_.new_token,
               "Change the token, which otherwise stays the same from one start to the next: "
               "addresses that were printed before are good no more.")
      ->group(where);
  add_list(app, "--root", "DIR", serve_.roots,
           "A folder that jobs may read images from and write them to, with all below it; "
           "may be given several times. Default: the home folder.")
      ->group(where);
  const std::string how = "How it runs";
  add_value(app, "-j,--jobs", "N", serve_.optimizer.jobs, parse_workers,
            "Number of images to process at the same time. Default: one large image, or two below "
            "1 MiB, per available core.")
      ->group(how);
  add_memory_bound(app, serve_.optimizer);
  add_value(app, "--isolation", "process|thread", serve_.optimizer.isolation,
            one_of<Isolation>(isolations),
            "Process images in sandboxed processes, which are replaced if they fail, or in threads "
            "of this process. Default process.")
      ->group(how);
  add_value(app, "--sandbox", "require|auto|off", serve_.optimizer.sandbox,
            one_of<SandboxMode>(sandbox_modes),
            "Sandbox of those processes: require all layers, use those that this machine offers "
            "(see imgmill doctor), or use none. Default auto.")
      ->group(how);
  add_value(
      app, "--timeout", "SECONDS", serve_.optimizer.timeout, parse_seconds,
      "Give up on an image that takes more CPU time, or does nothing for so long; large ones and "
      "--effort max get more. Default 600.")
      ->group(how);
  add_limits(app, serve_.limits);
  add_value(app, "--max-upload", "SIZE", serve_.max_upload, parse_size,
            "Refuse larger uploads; such as 200MB. Default 1GiB.")
      ->group("Limits");
  add_value(app, "--client-timeout", "SECONDS", serve_.client_timeout, parse_seconds,
            "Give up on a client that takes longer to send a request (and a second more for each "
            "64 KiB of it). Default 30.")
      ->group("Limits");
  app.add_flag("--json", serve_.json, "Print address, token and port as one JSON object.")
      ->group("Telling");
  app.add_flag("--control", serve_.control,
               "For programs that start this one: read commands on standard input, answer them on "
               "standard output, both a JSON object a line, and end when there are no more. "
               "{\"id\": 1, \"allow\": [\"/a/folder\"]} is as one more --root.")
      ->group("Telling");
}

Result<Request> CommandLine::finish_serve() {
  Limits& limits = serve_.limits;
  if (limits.max_pixels > Limits{}.max_pixels) {
    limits.max_decoded_bytes = std::max(limits.max_decoded_bytes, limits.max_pixels * 4);
  }
  return serve_;
}

}  // namespace imgmill::cli
