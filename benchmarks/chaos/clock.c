/* A wall clock that jumps, for LD_PRELOAD: adds the seconds in the file CHAOS_CLOCK (a long, mapped) to what a process
   reads as the time of day. Monotonic clocks are left alone, and whoever waits until a time of day waits as long as
   without us; libfaketime 0.9.10 breaks sleeping on both. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile long *offset;
static int (*real_clock)(clockid_t, struct timespec *);
static int (*real_wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("CHAOS_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    real_clock = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    void *wait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2"); /* x86-64 has an older one beside it */
    if (!wait) wait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    real_wait = (int (*)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *))wait;
    if (file < 0) return;
    void *map = mmap(NULL, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
    if (map != MAP_FAILED) offset = map;
    close(file);
}

static long jumped(void) { return offset ? *offset : 0; }

int clock_gettime(clockid_t id, struct timespec *out) {
    if (!real_clock) start();
    int result = real_clock(id, out);
    if (!result && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) out->tv_sec += jumped();
    return result;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until) {
    struct timespec then = *until;
    if (!real_wait) start();
    if (then.tv_sec > 1000000000) then.tv_sec -= jumped(); /* a time of day; a monotonic one is the uptime */
    return real_wait(cond, mutex, &then);
}
