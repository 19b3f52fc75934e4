// Simulates a disk with high latency: every open for reading below $SLOW_OPEN_PREFIX takes
// $SLOW_OPEN_MS milliseconds longer (20 if unset). For LD_PRELOAD; the pipeline benchmark uses it
// to measure how much of such waiting is hidden behind work.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

static void wait_for(const char* path, int flags) {
  const char* prefix = getenv("SLOW_OPEN_PREFIX");
  if (!prefix || !path || (flags & (O_ACCMODE | O_DIRECTORY)) != O_RDONLY) return;
  if (strncmp(path, prefix, strlen(prefix)) != 0) return;
  const char* text = getenv("SLOW_OPEN_MS");
  const long ms = text ? strtol(text, NULL, 10) : 20;
  const struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};
  nanosleep(&pause, NULL);
}

static mode_t mode_of(int flags, va_list rest) {
  const int creates = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
  return creates ? va_arg(rest, mode_t) : 0;
}

#define WRAP_OPEN(name)                                             \
  int name(const char* path, int flags, ...) {                      \
    static int (*real)(const char*, int, ...);                      \
    if (!real) real = (int (*)(const char*, int, ...))dlsym(RTLD_NEXT, #name); \
    va_list rest;                                                   \
    va_start(rest, flags);                                          \
    const mode_t mode = mode_of(flags, rest);                       \
    va_end(rest);                                                   \
    wait_for(path, flags);                                          \
    return real(path, flags, mode);                                 \
  }

#define WRAP_OPENAT(name)                                           \
  int name(int folder, const char* path, int flags, ...) {          \
    static int (*real)(int, const char*, int, ...);                 \
    if (!real) real = (int (*)(int, const char*, int, ...))dlsym(RTLD_NEXT, #name); \
    va_list rest;                                                   \
    va_start(rest, flags);                                          \
    const mode_t mode = mode_of(flags, rest);                       \
    va_end(rest);                                                   \
    wait_for(path, flags);                                          \
    return real(folder, path, flags, mode);                         \
  }

#define WRAP_FOPEN(name)                                            \
  FILE* name(const char* path, const char* mode) {                  \
    static FILE* (*real)(const char*, const char*);                 \
    if (!real) real = (FILE * (*)(const char*, const char*)) dlsym(RTLD_NEXT, #name); \
    wait_for(path, strpbrk(mode, "wa+") ? O_RDWR : O_RDONLY);       \
    return real(path, mode);                                        \
  }

WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)
WRAP_FOPEN(fopen)
WRAP_FOPEN(fopen64)
