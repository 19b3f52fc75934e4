// Runs the engine, `imgmill serve`, as a separate process.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "messages.h"
#include "owned.h"

namespace imgmill::desktop {

/// Events of the engine. Called from the main loop.
struct EngineListener {
  std::function<void(const Address&)> ready;
  /// The engine has ended or could not be started; `why` is for display. Called once.
  std::function<void(const std::string& why)> ended;
};

/// Not thread-safe: use it from the main loop's thread only.
class Engine : public std::enable_shared_from_this<Engine> {
 public:
  /// Returns the program to run: `wanted`, or the one next to this program, or the one in $PATH.
  [[nodiscard]] static std::string find_program(const std::string& wanted);
  /// Starts the engine. All events go to `listener`, after this has returned. The engine ends by
  /// itself when this process does, for whatever reason, because its standard input is closed then.
  [[nodiscard]] static std::shared_ptr<Engine> start(const std::string& program,
                                                     EngineListener listener);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  /// Lets local jobs use these absolute paths, which the user has chosen.
  void allow(const std::vector<std::string>& paths, std::function<void(const AllowAnswer&)> done);
  /// Stops reporting events. Lets writes in progress finish, and calls `ended` when the process is
  /// gone; kills it after 10 s.
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
  std::string complained_;  ///< the end of its standard error
  bool has_address_ = false;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::function<void(const AllowAnswer&)>> waiting_;
  std::function<void()> finished_;
  unsigned patience_ = 0;  ///< id of a timer of the main loop
};

}  // namespace imgmill::desktop
