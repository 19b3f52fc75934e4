// One server shared by many tests.
#pragma once

#include <gtest/gtest.h>

#include "pictures.h"
#include "program.h"
#include "served.h"

namespace imgmill::test {

/// A server that gives clients one second, with a folder of local images.
class SharedServer : public ::testing::Test {
 protected:
  static const Served& server() {
    static const Served served(workspace(), files().path(),
                               {{"--client-timeout", "1", "--max-upload", "4MiB"}, 0});
    return served;
  }
  static const Folder& files() {
    static const Folder folder;
    return folder;
  }
  static std::filesystem::path workspace() {
    static const Folder folder;
    return folder / "workspace";
  }
};

}  // namespace imgmill::test
