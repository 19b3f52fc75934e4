// Symbol visibility of the shared library.
#pragma once

#define IMGMILL_API [[gnu::visibility("default")]]
