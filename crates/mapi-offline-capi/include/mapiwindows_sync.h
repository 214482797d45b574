/*
 * Locks and atomic numbers of Windows, where they are those of POSIX and of the compiler.
 * mapiwindows.h includes it.
 */
#ifndef MAPIWINDOWS_SYNC_H
#define MAPIWINDOWS_SYNC_H

#include "mapiwindows.h"

#include <pthread.h>

#ifdef MAPIOFFLINE_WINE_COM
#define CRITICAL_SECTION mapiwindows_critical_section
#define LPCRITICAL_SECTION mapiwindows_critical_section_pointer
#define InitializeCriticalSection mapiwindows_InitializeCriticalSection
#define InitializeCriticalSectionAndSpinCount mapiwindows_InitializeCriticalSectionAndSpinCount
#define DeleteCriticalSection mapiwindows_DeleteCriticalSection
#define EnterCriticalSection mapiwindows_EnterCriticalSection
#define TryEnterCriticalSection mapiwindows_TryEnterCriticalSection
#define LeaveCriticalSection mapiwindows_LeaveCriticalSection
#endif

/* A lock that a thread may take again. */
typedef struct {
    pthread_mutex_t lock;
    const void *owner;
    LONG taken;
} CRITICAL_SECTION, *LPCRITICAL_SECTION;

/* An address that no other thread has. */
static inline const void *mapiwindows_thread(void) {
    static __thread char here;
    return &here;
}

static inline void InitializeCriticalSection(LPCRITICAL_SECTION section) {
    pthread_mutex_init(&section->lock, NULL);
    section->owner = NULL;
    section->taken = 0;
}

static inline BOOL InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section, DWORD spins) {
    (void)spins;
    InitializeCriticalSection(section);
    return TRUE;
}

static inline void DeleteCriticalSection(LPCRITICAL_SECTION section) {
    pthread_mutex_destroy(&section->lock);
}

static inline BOOL mapiwindows_enter(LPCRITICAL_SECTION section, BOOL wait) {
    const void *me = mapiwindows_thread();
    if (__atomic_load_n(&section->owner, __ATOMIC_RELAXED) != me) {
        int error = wait ? pthread_mutex_lock(&section->lock) : pthread_mutex_trylock(&section->lock);
        if (error != 0) {
            return FALSE;
        }
        __atomic_store_n(&section->owner, me, __ATOMIC_RELAXED);
    }
    ++section->taken;
    return TRUE;
}

static inline void EnterCriticalSection(LPCRITICAL_SECTION section) {
    mapiwindows_enter(section, TRUE);
}

static inline BOOL TryEnterCriticalSection(LPCRITICAL_SECTION section) {
    return mapiwindows_enter(section, FALSE);
}

static inline void LeaveCriticalSection(LPCRITICAL_SECTION section) {
    if (--section->taken == 0) {
        __atomic_store_n(&section->owner, NULL, __ATOMIC_RELAXED);
        pthread_mutex_unlock(&section->lock);
    }
}

/* Wine's are inline too, and need no Winelib. */
#ifndef MAPIOFFLINE_WINE_COM

static inline LONG InterlockedIncrement(volatile LONG *value) {
    return __sync_add_and_fetch(value, 1);
}

static inline LONG InterlockedDecrement(volatile LONG *value) {
    return __sync_sub_and_fetch(value, 1);
}

static inline LONG InterlockedExchange(volatile LONG *value, LONG next) {
    return __atomic_exchange_n(value, next, __ATOMIC_SEQ_CST);
}

static inline LONG InterlockedExchangeAdd(volatile LONG *value, LONG more) {
    return __sync_fetch_and_add(value, more);
}

static inline LONG InterlockedCompareExchange(volatile LONG *value, LONG next, LONG expected) {
    return __sync_val_compare_and_swap(value, expected, next);
}

static inline PVOID InterlockedExchangePointer(PVOID volatile *value, PVOID next) {
    return __atomic_exchange_n(value, next, __ATOMIC_SEQ_CST);
}

static inline PVOID InterlockedCompareExchangePointer(PVOID volatile *value, PVOID next,
                                                      PVOID expected) {
    return __sync_val_compare_and_swap(value, expected, next);
}

#endif

#endif
