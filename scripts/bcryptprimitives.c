/* The one function of bcryptprimitives.dll that Rust's runtime calls, for a Wine that is older than
 * that library: random bytes, from where Windows' own header rtlgenrandom has them. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) {
    return SystemFunction036(data, (ULONG)length);
}
