// What the shared library shows.
#pragma once

#define IMGMILL_API [[gnu::visibility("default")]]
