// imgmill-worker: the program of worker processes. Started by imgmill, not by users.
#include <sys/socket.h>

#include <cstdio>
#include <string_view>

#include "compare/admission.h"
#include "optimize/admission.h"
#include "placeholder/admission.h"
#include "pool/fork_server.h"

int main(int count, char** words) {
  constexpr int control = 3;  // the parent places the other end here
  int kind = 0;
  socklen_t length = sizeof(kind);
  const bool served = count == 2 && std::string_view(words[1]) == "--serve" &&
                      ::getsockopt(control, SOL_SOCKET, SO_TYPE, &kind, &length) == 0 &&
                      kind == SOCK_SEQPACKET;
  if (!served) {
    std::fputs("imgmill-worker is started by imgmill; it does nothing on its own\n", stderr);
    return 2;
  }
  return imgmill::run_fork_server(
      imgmill::Channel(imgmill::FileDescriptor(control)),
      {imgmill::optimize_admitted, imgmill::compare_admitted, imgmill::placeholder_admitted});
}
