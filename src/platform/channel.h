// Message passing between processes, including file descriptors.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "platform/file.h"

namespace imgmill {

/// One received message. Its descriptors are closed on exec.
struct Packet {
  std::string bytes;
  std::vector<FileDescriptor> descriptors;
};

/// One end of a pair of connected sockets that preserve message boundaries (SOCK_SEQPACKET). One
/// thread may send while another one receives.
class Channel {
 public:
  /// The maximum message size in bytes, for sending and receiving.
  static constexpr std::size_t max_message = 64 * 1024;
  static constexpr std::size_t max_descriptors = 4;

  Channel() = default;
  explicit Channel(FileDescriptor socket) : socket_(std::move(socket)) {}
  /// Creates two connected ends. Errors: environment.
  [[nodiscard]] static Result<std::pair<Channel, Channel>> pair();

  /// Sends at most `max_message` bytes. Errors: environment, also when the other end is gone.
  [[nodiscard]] Result<void> send(std::string_view bytes, std::span<const int> descriptors = {});
  /// Waits for a message. An empty packet means that the other end is closed. Errors: environment,
  /// also for a message that is too long.
  [[nodiscard]] Result<Packet> receive();

  [[nodiscard]] int get() const { return socket_.get(); }
  explicit operator bool() const { return static_cast<bool>(socket_); }

 private:
  FileDescriptor socket_;
};

/// The two ends of a pipe, closed on exec.
struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};
/// Neither end ever blocks: a write that does not fit is dropped. Errors: environment.
[[nodiscard]] Result<Pipe> make_pipe();

}  // namespace imgmill
