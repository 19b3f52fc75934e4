// Attacks the pool like a compromised decoder. An image that contains "FAULT:name;" selects a
// fault; any other image is processed normally.
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compare/admission.h"
#include "optimize/admission.h"
#include "placeholder/admission.h"
#include "platform/channel.h"
#include "platform/shared_memory.h"
#include "pool/fork_server.h"
#include "pool/message.h"
#include "pool/orders.h"

namespace imgmill {
namespace {

/// Returns the first descriptor for which `is` returns true.
int descriptor_that(const std::function<bool(int)>& is) {
  for (int descriptor = 3; descriptor < 64; ++descriptor) {
    if (is(descriptor)) return descriptor;
  }
  return -1;
}

bool is_socket(int descriptor) {
  char byte = 0;
  return ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno == EAGAIN;
}

bool is_memory(int descriptor) { return ::fcntl(descriptor, F_GET_SEALS) > 0; }

void put(std::string_view text) {
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) ::_exit(3);
}

[[noreturn]] void wait_for_ever() {
  for (;;) ::sleep(1000);
}

/// A worker that sends its own messages.
class Liar {
 public:
  Liar() : channel_(FileDescriptor(descriptor_that(is_socket))) {}

  void say(MessageKind kind, std::int64_t value, std::string body = {}) {
    // An image with a fault is always the first one of its worker.
    if (!channel_.send(encode({kind, 1, value, std::move(body)}))) ::_exit(4);
  }
  void say_done(std::int64_t size, Format format = Format::jpeg) {
    Optimized claim;
    claim.decision = Decision::reencoded;
    claim.width = claim.height = claim.frames = 1;
    claim.format = claim.input_format = format;
    say(MessageKind::done, size, to_body(claim));
  }
  /// Maps the memory that the parent created.
  Buffer take_room(std::size_t size) {
    Result<Packet> packet = channel_.receive();
    if (!packet || packet->descriptors.size() != 1) ::_exit(5);
    Result<SharedMemory> memory =
        SharedMemory::received(std::move(packet->descriptors.front()), size);
    if (!memory) ::_exit(6);
    Result<Buffer> mapped = memory->map_for_writing();
    if (!mapped) ::_exit(7);
    return *std::move(mapped);
  }
  void send_raw(std::string_view bytes) {
    if (!channel_.send(bytes)) ::_exit(8);
  }

 private:
  Channel channel_;
};

constexpr std::string_view start_of_a_jpeg("\xFF\xD8\xFF\xE0", 4);

/// Recurses as long as `deeper` is true; it never changes.
int recursion(const volatile bool& deeper, int depth) {
  volatile char frame[4096];
  frame[0] = static_cast<char>(depth);
  return deeper ? recursion(deeper, depth + 1) + frame[0] : 0;
}

/// The faults by name; if one returns, the image is processed after all.
const std::map<std::string, std::function<void()>, std::less<>>& faults() {
  static const std::map<std::string, std::function<void()>, std::less<>> all = {
      {"crash-in-decode", [] { *reinterpret_cast<volatile int*>(8) = 1; }},
      {"abort", [] { std::abort(); }},
      {"divide", [] { ::raise(SIGFPE); }},
      {"stack",
       [] {
         const volatile bool deeper = true;
         put(std::to_string(recursion(deeper, 0)));
       }},
      {"words",
       [] {
         put("first the decoder complained,\nthen it died\n");
         std::abort();
       }},
      // Processes the image after all, as does the next one.
      {"complaint", [] { put("this image is odd, but never mind\n"); }},
      {"late",
       [] {
         // Long enough to be stopped in the middle.
         timespec time{};
         do {
           ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
         } while (time.tv_sec == 0 && time.tv_nsec < 500'000'000);
       }},
      {"sleep", [] { wait_for_ever(); }},
      {"loop",
       [] {
         // A loop without side effects might be optimized away.
         for (volatile bool busy = true; busy;) {
         }
       }},
      {"memory",
       [] {
         // Address space is what is limited; touching the memory would only take longer.
         std::vector<std::unique_ptr<char[]>> hoard;
         for (;;) hoard.push_back(std::make_unique_for_overwrite<char[]>(std::size_t{1} << 30));
       }},
      {"open", [] { ::open("/etc/passwd", O_RDONLY); }},
      {"create", [] { ::open("/tmp/imgmill-was-here", O_CREAT | O_WRONLY, 0600); }},
      {"unlink", [] { ::unlink("/tmp/imgmill-was-here"); }},
      {"connect", [] { ::socket(AF_INET, SOCK_STREAM, 0); }},
      {"exec",
       [] {
         char name[] = "/bin/true";
         char* words[] = {name, nullptr};
         ::execv(name, words);
       }},
      {"fork",
       [] {
         if (::fork() == 0) ::_exit(0);
       }},
      {"ptrace", [] { ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }},
      {"shoot", [] { ::kill(1, SIGTERM); }},
      {"exit", [] { ::_exit(0); }},
      {"hang-up",
       [] {
         ::close(descriptor_that(is_socket));
         wait_for_ever();
       }},
      {"huge-output",
       [] {
         Liar().say_done(std::int64_t{1} << 50);
         wait_for_ever();
       }},
      {"no-output",
       [] {
         Liar().say_done(0);
         wait_for_ever();
       }},
      {"short-output",
       [] {
         Liar liar;
         liar.say_done(100);
         start_of_a_jpeg.copy(reinterpret_cast<char*>(liar.take_room(100).data()), 4);
         liar.say(MessageKind::filled, 50);
         wait_for_ever();
       }},
      {"other-format",
       [] {
         Liar liar;
         liar.say_done(100, Format::png);
         start_of_a_jpeg.copy(reinterpret_cast<char*>(liar.take_room(100).data()), 4);
         liar.say(MessageKind::filled, 100);
         wait_for_ever();
       }},
      {"keeps-writing",
       [] {
         Liar liar;
         liar.say_done(100);
         Buffer room = liar.take_room(100);
         start_of_a_jpeg.copy(reinterpret_cast<char*>(room.data()), 4);
         liar.say(MessageKind::filled, 100);
         for (volatile std::byte& byte : room.writable()) byte = std::byte{0xEE};
         wait_for_ever();
       }},
      {"garbage",
       [] {
         Liar().send_raw("this is no message of imgmill's, however long it may be");
         wait_for_ever();
       }},
      {"wrong-image",
       [] {
         Liar liar;
         liar.send_raw(encode({MessageKind::failed, 4711, 0,
                               to_body(Error(ErrorCode::bad_input, "another image"))}));
         wait_for_ever();
       }},
  };
  return all;
}

/// Tries to change the input while the parent uses it; returns the outcome.
Error scribble_on_the_input() {
  const int memory = descriptor_that(is_memory);
  void* const data = ::mmap(nullptr, 16, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  if (data != MAP_FAILED) std::memset(data, 0xEE, 16);
  return Error(ErrorCode::bad_input,
               data != MAP_FAILED ? "the input was changed" : "the input is read-only");
}

/// Really takes memory until it is killed; stops by itself before the machine is affected, in case
/// there is no control group with a lower limit.
[[noreturn]] void take_memory() {
  constexpr std::size_t block = std::size_t{1} << 20;
  std::vector<std::vector<char>> hoard;
  while (hoard.size() < 1024) hoard.emplace_back(block, 'x');
  ::_exit(9);
}

Result<Optimized> misbehave(ByteView input, const ImageSettings& settings, const Limits& limits,
                            const Admission& admission) {
  constexpr std::string_view mark = "FAULT:";
  const std::string_view text = as_text(input);
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return optimize_admitted(input, settings, limits, admission);
  const std::string_view rest = text.substr(at + mark.size());
  const std::string_view name = rest.substr(0, rest.find(';'));
  if (constexpr std::string_view hungry = "hungry-"; name.starts_with(hungry)) {
    // If granted that many MB, it works normally.
    const auto needed = std::strtoull(std::string(name.substr(hungry.size())).c_str(), nullptr, 10);
    if (!admission(needed * 1'000'000)) take_memory();
    return optimize_admitted(input, settings, limits, admission);
  }
  if (name == "scribble") return std::unexpected(scribble_on_the_input());
  if (name == "crash-in-encode") {
    const Result<Optimized> done = optimize(input, settings, limits);
    put(done ? "encoded\n" : done.error().message());
    std::abort();
  }
  const auto fault = faults().find(name);
  if (fault == faults().end()) return std::unexpected(Error(ErrorCode::usage, "no such fault"));
  fault->second();
  return optimize_admitted(input, settings, limits, admission);
}

}  // namespace
}  // namespace imgmill

int main() {
  return imgmill::run_fork_server(
      imgmill::Channel(imgmill::FileDescriptor(3)),
      {imgmill::misbehave, imgmill::compare_admitted, imgmill::placeholder_admitted});
}
