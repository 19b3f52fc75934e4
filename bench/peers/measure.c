// measure REPORT COMMAND [ARGUMENTS]: runs COMMAND and writes what it cost to the file
// REPORT, as one line of JSON. A program of its own because the kernel counts the peak
// memory of whoever forks into that of the child: this one is tiny.
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  const pid_t child = fork();
  if (child < 0) return 125;
  if (child == 0) {
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  int status = 0;
  struct rusage usage;
  memset(&usage, 0, sizeof usage);
  if (wait4(child, &status, 0, &usage) != child) return 125;
  clock_gettime(CLOCK_MONOTONIC, &end);

  FILE* report = fopen(argv[1], "w");
  if (!report) return 125;
  fprintf(report, "{\"wall\": %.6f, \"cpu\": %.6f, \"peak_kib\": %ld, \"status\": %d}\n",
          (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9,
          seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss,
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return fclose(report) == 0 ? 0 : 125;
}
