// The engine: `imgmill serve`, a process of its own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "messages.h"
#include "owned.h"

namespace imgmill::desktop {

/// What is told about it. Called from the main loop.
struct EngineListener {
  std::function<void(const Address&)> ready;
  /// It has ended or could not be started; `why` is for people. Once.
  std::function<void(const std::string& why)> ended;
};

/// For one thread, the one with the main loop.
class Engine : public std::enable_shared_from_this<Engine> {
 public:
  /// The program: `wanted`, or the one beside this program, or the one in $PATH.
  [[nodiscard]] static std::string find_program(const std::string& wanted);
  /// Starts it. Whatever happens is told to `listener`, after this has returned. It ends by
  /// itself when this process does, however that comes about: its standard input ends then.
  [[nodiscard]] static std::shared_ptr<Engine> start(const std::string& program,
                                                     EngineListener listener);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  /// Lets local jobs use these absolute paths, because a person has chosen them.
  void allow(const std::vector<std::string>& paths, std::function<void(const AllowAnswer&)> done);
  /// Nothing is told any more. Lets what is being written be finished, and calls `ended`
  /// when the process is gone; after 10 s it is killed.
  void finish(std::function<void()> ended);

 private:
  Engine(std::string program, EngineListener listener);
  void spawn();
  void read_line();
  void take_line(const std::string& line);
  void read_complaint();
  void watch();
  void gone();
  void tell_ended(const std::string& why);

  const std::string program_;
  EngineListener listener_;
  Owned<GSubprocess> process_;
  Owned<GDataInputStream> answers_;
  Owned<GDataInputStream> complaints_;
  std::string complained_;  ///< the end of what it has said on standard error
  bool has_address_ = false;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::function<void(const AllowAnswer&)>> waiting_;
  std::function<void()> finished_;
  unsigned patience_ = 0;  ///< a timer of the main loop
};

}  // namespace imgmill::desktop
