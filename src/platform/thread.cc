#include "platform/thread.h"

#include <pthread.h>

#include <fstream>
#include <string>

namespace imgmill {

void name_this_thread(const char* name) {
  const std::string cut = std::string(name).substr(0, 15);
  pthread_setname_np(pthread_self(), cut.c_str());
}

int thread_count() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (int count = 0; word == "Threads:" && status >> count) return count;
  }
  return 0;
}

}  // namespace imgmill
