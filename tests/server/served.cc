#include "served.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "program.h"

namespace imgmill::test {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void become_server(std::vector<std::string> words,
                                const std::filesystem::path& workspace,
                                const Served::Options& options) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGINT, SIG_DFL);
  if (options.tmpfs_kilobytes > 0) {
    const std::string size = "size=" + std::to_string(options.tmpfs_kilobytes) + "k";
    const bool mounted = ::unshare(CLONE_NEWNS) == 0 &&
                         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                         ::mount("none", workspace.c_str(), "tmpfs", 0, size.c_str()) == 0;
    if (!mounted) ::_exit(99);
  }
  if (!options.errors.empty()) {
    const int said = ::open(options.errors.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(said, STDERR_FILENO);
  }
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::execv(program_path().c_str(), pointers.data());
  ::_exit(98);
}

std::string read_line(int from) {
  std::string line;
  char c = 0;
  while (line.find('\n') == std::string::npos && ::read(from, &c, 1) == 1) line += c;
  return line;
}

}  // namespace

Served::Served(const std::filesystem::path& workspace, const std::filesystem::path& root,
               const Options& options) {
  std::vector<std::string> words = {
      program_path().string(), "serve",   "--port", "0",          "--json",
      "--workspace",           workspace, "--root", root.string()};
  words.insert(words.end(), options.more.begin(), options.more.end());
  if (options.control) words.emplace_back("--control");
  int ends[2] = {};
  int orders[2] = {};
  if (::pipe2(ends, O_CLOEXEC) != 0 || ::pipe2(orders, O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    if (options.control) ::dup2(orders[0], STDIN_FILENO);
    become_server(std::move(words), workspace, options);
  }
  ::close(ends[1]);
  ::close(orders[0]);
  const Json said = Json::parse(read_line(ends[0]), nullptr, false);
  if (options.control) {
    answers_ = ends[0];
    commands_ = orders[1];
  } else {
    ::close(ends[0]);
    ::close(orders[1]);
  }
  if (!said.is_object()) {
    int status = 0;
    ::waitpid(std::exchange(process_, -1), &status, 0);
    throw std::runtime_error("the server did not start, status " +
                             std::to_string(WEXITSTATUS(status)));
  }
  port_ = said["port"];
  token_ = said["token"];
}

Served::~Served() {
  if (process_ > 0) end(SIGTERM);
  if (commands_ >= 0) ::close(commands_);
  if (answers_ >= 0) ::close(answers_);
}

int Served::end(int signal) {
  int status = 0;
  ::kill(process_, signal);
  ::waitpid(process_, &status, 0);
  process_ = -1;
  return status;
}

Json Served::command(const std::string& line) const {
  const std::string whole = line + "\n";
  if (::write(commands_, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size())) {
    throw std::runtime_error("the server takes no commands");
  }
  return Json::parse(read_line(answers_), nullptr, false);
}

int Served::end_commands() {
  ::close(std::exchange(commands_, -1));
  int status = 0;
  ::waitpid(std::exchange(process_, -1), &status, 0);
  return status;
}

std::string Served::request(const std::string& method, const std::string& path,
                            const std::string& body, const Headers& headers,
                            bool with_token) const {
  std::string text = method + " " + path + " HTTP/1.1\r\n";
  bool has_host = false;
  bool has_length = false;
  for (const auto& [name, value] : headers) {
    has_host = has_host || name == "Host";
    has_length = has_length || name == "Content-Length" || name == "Transfer-Encoding";
    text += name + ": " + value + "\r\n";
  }
  if (!has_host) text += "Host: " + host() + "\r\n";
  if (with_token) text += "Authorization: Bearer " + token_ + "\r\n";
  if (!has_length && (!body.empty() || method == "POST" || method == "PUT")) {
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return text + "\r\n" + body;
}

Reply Served::ask(const std::string& method, const std::string& path, const std::string& body,
                  const Headers& headers, bool with_token) const {
  Connection connection(port_);
  connection.send(request(method, path, body, headers, with_token));
  return connection.receive();
}

std::string Served::new_job(const Json& settings) const {
  const Reply reply =
      post("/api/jobs", {{"source", {{"kind", "uploads"}}}, {"settings", settings}});
  if (reply.status != 201) throw std::runtime_error("no job: " + reply.body);
  return reply.json()["id"];
}

std::string Served::folder_job(const std::filesystem::path& folder, const Json& settings) const {
  const Reply reply =
      post("/api/jobs",
           {{"source", {{"kind", "folder"}, {"path", folder.string()}}}, {"settings", settings}});
  if (reply.status != 201) throw std::runtime_error("no job: " + reply.body);
  return reply.json()["id"];
}

Reply Served::upload(const std::string& job, const std::string& name,
                     const std::string& bytes) const {
  return ask("PUT", "/api/jobs/" + job + "/files?name=" + name, bytes);
}

Json Served::wait_for(const std::string& job, const std::string& state) const {
  const auto deadline = Clock::now() + std::chrono::seconds(60);
  Json last;
  while (Clock::now() < deadline) {
    last = get("/api/jobs/" + job).json();
    if (last.value("state", "") == state) return last;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  throw std::runtime_error("the job did not become " + state + ": " + last.dump());
}

std::size_t Served::descriptors() const {
  std::size_t count = 0;
  const std::string folder = "/proc/" + std::to_string(process_) + "/fd";
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

std::string form(const std::vector<Part>& parts, const std::string& boundary) {
  std::string text;
  for (const Part& part : parts) {
    text += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + part.name + "\"";
    if (part.filename) text += "; filename=\"" + *part.filename + "\"";
    text += "\r\nContent-Type: application/octet-stream\r\n\r\n" + part.bytes + "\r\n";
  }
  return text + "--" + boundary + "--\r\n";
}

}  // namespace imgmill::test
