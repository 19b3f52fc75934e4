#include "client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace imgmill::test {
namespace {

using Clock = std::chrono::steady_clock;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

std::string Reply::code() const {
  const Json parsed = Json::parse(body, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("error")) return {};
  return parsed["error"].value("code", "");
}

Connection::Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket_ < 0 ||
      ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    throw std::runtime_error("cannot connect");
  }
}

Connection::~Connection() {
  if (socket_ >= 0) ::close(socket_);
}

bool Connection::send(const std::string& bytes) const {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t part = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (part <= 0) return false;
    sent += static_cast<std::size_t>(part);
  }
  return true;
}

bool Connection::more(Clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  pollfd ready{socket_, POLLIN, 0};
  if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) <= 0) return false;
  std::array<char, 65536> part{};
  const ssize_t got = ::recv(socket_, part.data(), part.size(), 0);
  if (got <= 0) return false;
  held_.append(part.data(), static_cast<std::size_t>(got));
  return true;
}

std::string Connection::read_until(const std::string& marker, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (marker.empty() || held_.find(marker) == std::string::npos) {
    if (!more(deadline)) break;
  }
  return std::exchange(held_, {});
}

Reply Connection::receive(std::chrono::seconds patience) {
  const auto deadline = Clock::now() + patience;
  Reply reply;
  std::size_t end = 0;
  for (;;) {
    while ((end = held_.find("\r\n\r\n")) == std::string::npos) {
      if (!more(deadline)) return reply;
    }
    // "100 Continue" is not the answer yet.
    if (!held_.starts_with("HTTP/1.1 100")) break;
    held_.erase(0, end + 4);
  }
  reply.status = std::stoi(held_.substr(9, 3));
  std::string head = held_.substr(0, end);
  held_.erase(0, end + 4);
  for (std::size_t at = head.find("\r\n"); at != std::string::npos;) {
    const std::size_t next = head.find("\r\n", at + 2);
    const std::string line = head.substr(at + 2, next - at - 2);
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) {
      reply.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
    }
    at = next;
  }
  if (reply.header("transfer-encoding") == "chunked") {
    for (;;) {
      std::size_t line = 0;
      while ((line = held_.find("\r\n")) == std::string::npos) {
        if (!more(deadline)) return reply;
      }
      const std::size_t size = std::stoul(held_.substr(0, line), nullptr, 16);
      while (held_.size() < line + 4 + size) {
        if (!more(deadline)) return reply;
      }
      reply.body += held_.substr(line + 2, size);
      held_.erase(0, line + 4 + size);
      if (size == 0) return reply;
    }
  }
  const std::string length = reply.header("content-length");
  const std::size_t wanted = length.empty() ? 0 : std::stoul(length);
  while (held_.size() < wanted && more(deadline)) {
  }
  reply.body = held_.substr(0, wanted);
  held_.erase(0, std::min(wanted, held_.size()));
  return reply;
}

}  // namespace imgmill::test
