#include "platform/thread.h"

#include <pthread.h>

#include <string>

namespace imgmill {

void name_this_thread(const char* name) {
  const std::string cut = std::string(name).substr(0, 15);
  pthread_setname_np(pthread_self(), cut.c_str());
}

}  // namespace imgmill
