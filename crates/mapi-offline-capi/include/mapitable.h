/*
 * IMAPITable: a table of MAPI, such as that of the profiles. mapisession.h includes it.
 */
#ifndef MAPITABLE_H
#define MAPITABLE_H

#include "mapisession.h"

#ifndef MAPIDEFS_H

#ifdef __cplusplus

/* A table. Slots 3 to 25. */
struct IMAPITable : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE GetLastError(HRESULT hResult, ULONG ulFlags,
        LPMAPIERROR *lppMAPIError) = 0;
    virtual HRESULT STDMETHODCALLTYPE Advise(ULONG ulEventMask, LPMAPIADVISESINK lpAdviseSink,
        ULONG_PTR *lpulConnection) = 0;
    virtual HRESULT STDMETHODCALLTYPE Unadvise(ULONG_PTR ulConnection) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetStatus(ULONG *lpulTableStatus, ULONG *lpulTableType) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetColumns(LPSPropTagArray lpPropTagArray, ULONG ulFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE QueryColumns(ULONG ulFlags,
        LPSPropTagArray *lppPropTagArray) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetRowCount(ULONG ulFlags, ULONG *lpulCount) = 0;
    virtual HRESULT STDMETHODCALLTYPE SeekRow(BOOKMARK bkOrigin, LONG lRowCount,
        LONG *lplRowsSought) = 0;
    virtual HRESULT STDMETHODCALLTYPE SeekRowApprox(ULONG ulNumerator, ULONG ulDenominator) = 0;
    virtual HRESULT STDMETHODCALLTYPE QueryPosition(ULONG *lpulRow, ULONG *lpulNumerator,
        ULONG *lpulDenominator) = 0;
    virtual HRESULT STDMETHODCALLTYPE FindRow(LPSRestriction lpRestriction, BOOKMARK bkOrigin,
        ULONG ulFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE Restrict(LPSRestriction lpRestriction, ULONG ulFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE CreateBookmark(BOOKMARK *lpbkPosition) = 0;
    virtual HRESULT STDMETHODCALLTYPE FreeBookmark(BOOKMARK bkPosition) = 0;
    virtual HRESULT STDMETHODCALLTYPE SortTable(LPSSortOrderSet lpSortCriteria, ULONG ulFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE QuerySortOrder(LPSSortOrderSet *lppSortCriteria) = 0;
    virtual HRESULT STDMETHODCALLTYPE QueryRows(LONG lRowCount, ULONG ulFlags,
        LPSRowSet *lppRows) = 0;
    virtual HRESULT STDMETHODCALLTYPE Abort() = 0;
    virtual HRESULT STDMETHODCALLTYPE ExpandRow(ULONG cbInstanceKey, BYTE *pbInstanceKey,
        ULONG ulRowCount, ULONG ulFlags, LPSRowSet *lppRows, ULONG *lpulMoreRows) = 0;
    virtual HRESULT STDMETHODCALLTYPE CollapseRow(ULONG cbInstanceKey, BYTE *pbInstanceKey,
        ULONG ulFlags, ULONG *lpulRowCount) = 0;
    virtual HRESULT STDMETHODCALLTYPE WaitForCompletion(ULONG ulFlags, ULONG ulTimeout,
        ULONG *lpulTableStatus) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetCollapseState(ULONG ulFlags, ULONG cbInstanceKey,
        BYTE *lpbInstanceKey, ULONG *lpcbCollapseState, BYTE **lppbCollapseState) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetCollapseState(ULONG ulFlags, ULONG cbCollapseState,
        BYTE *pbCollapseState, BOOKMARK *lpbkLocation) = 0;
};

#else

typedef struct IMAPITableVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IMAPITable *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IMAPITable *This);
    ULONG(STDMETHODCALLTYPE *Release)(IMAPITable *This);
    HRESULT(STDMETHODCALLTYPE *GetLastError)(IMAPITable *This, HRESULT hResult, ULONG ulFlags,
        LPMAPIERROR *lppMAPIError);
    HRESULT(STDMETHODCALLTYPE *Advise)(IMAPITable *This, ULONG ulEventMask,
        LPMAPIADVISESINK lpAdviseSink, ULONG_PTR *lpulConnection);
    HRESULT(STDMETHODCALLTYPE *Unadvise)(IMAPITable *This, ULONG_PTR ulConnection);
    HRESULT(STDMETHODCALLTYPE *GetStatus)(IMAPITable *This, ULONG *lpulTableStatus,
        ULONG *lpulTableType);
    HRESULT(STDMETHODCALLTYPE *SetColumns)(IMAPITable *This, LPSPropTagArray lpPropTagArray,
        ULONG ulFlags);
    HRESULT(STDMETHODCALLTYPE *QueryColumns)(IMAPITable *This, ULONG ulFlags,
        LPSPropTagArray *lppPropTagArray);
    HRESULT(STDMETHODCALLTYPE *GetRowCount)(IMAPITable *This, ULONG ulFlags, ULONG *lpulCount);
    HRESULT(STDMETHODCALLTYPE *SeekRow)(IMAPITable *This, BOOKMARK bkOrigin, LONG lRowCount,
        LONG *lplRowsSought);
    HRESULT(STDMETHODCALLTYPE *SeekRowApprox)(IMAPITable *This, ULONG ulNumerator,
        ULONG ulDenominator);
    HRESULT(STDMETHODCALLTYPE *QueryPosition)(IMAPITable *This, ULONG *lpulRow,
        ULONG *lpulNumerator, ULONG *lpulDenominator);
    HRESULT(STDMETHODCALLTYPE *FindRow)(IMAPITable *This, LPSRestriction lpRestriction,
        BOOKMARK bkOrigin, ULONG ulFlags);
    HRESULT(STDMETHODCALLTYPE *Restrict)(IMAPITable *This, LPSRestriction lpRestriction,
        ULONG ulFlags);
    HRESULT(STDMETHODCALLTYPE *CreateBookmark)(IMAPITable *This, BOOKMARK *lpbkPosition);
    HRESULT(STDMETHODCALLTYPE *FreeBookmark)(IMAPITable *This, BOOKMARK bkPosition);
    HRESULT(STDMETHODCALLTYPE *SortTable)(IMAPITable *This, LPSSortOrderSet lpSortCriteria,
        ULONG ulFlags);
    HRESULT(STDMETHODCALLTYPE *QuerySortOrder)(IMAPITable *This, LPSSortOrderSet *lppSortCriteria);
    HRESULT(STDMETHODCALLTYPE *QueryRows)(IMAPITable *This, LONG lRowCount, ULONG ulFlags,
        LPSRowSet *lppRows);
    HRESULT(STDMETHODCALLTYPE *Abort)(IMAPITable *This);
    HRESULT(STDMETHODCALLTYPE *ExpandRow)(IMAPITable *This, ULONG cbInstanceKey,
        BYTE *pbInstanceKey, ULONG ulRowCount, ULONG ulFlags, LPSRowSet *lppRows,
        ULONG *lpulMoreRows);
    HRESULT(STDMETHODCALLTYPE *CollapseRow)(IMAPITable *This, ULONG cbInstanceKey,
        BYTE *pbInstanceKey, ULONG ulFlags, ULONG *lpulRowCount);
    HRESULT(STDMETHODCALLTYPE *WaitForCompletion)(IMAPITable *This, ULONG ulFlags, ULONG ulTimeout,
        ULONG *lpulTableStatus);
    HRESULT(STDMETHODCALLTYPE *GetCollapseState)(IMAPITable *This, ULONG ulFlags,
        ULONG cbInstanceKey, BYTE *lpbInstanceKey, ULONG *lpcbCollapseState,
        BYTE **lppbCollapseState);
    HRESULT(STDMETHODCALLTYPE *SetCollapseState)(IMAPITable *This, ULONG ulFlags,
        ULONG cbCollapseState, BYTE *pbCollapseState, BOOKMARK *lpbkLocation);
} IMAPITableVtbl;
struct IMAPITable {
    const struct IMAPITableVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IMAPITable_QueryInterface(This, riid, ppvObject) \
    (This)->lpVtbl->QueryInterface(This, riid, ppvObject)
#define IMAPITable_AddRef(This) (This)->lpVtbl->AddRef(This)
#define IMAPITable_Release(This) (This)->lpVtbl->Release(This)
#define IMAPITable_GetLastError(This, hResult, ulFlags, lppMAPIError) \
    (This)->lpVtbl->GetLastError(This, hResult, ulFlags, lppMAPIError)
#define IMAPITable_Advise(This, ulEventMask, lpAdviseSink, lpulConnection) \
    (This)->lpVtbl->Advise(This, ulEventMask, lpAdviseSink, lpulConnection)
#define IMAPITable_Unadvise(This, ulConnection) (This)->lpVtbl->Unadvise(This, ulConnection)
#define IMAPITable_GetStatus(This, lpulTableStatus, lpulTableType) \
    (This)->lpVtbl->GetStatus(This, lpulTableStatus, lpulTableType)
#define IMAPITable_SetColumns(This, lpPropTagArray, ulFlags) \
    (This)->lpVtbl->SetColumns(This, lpPropTagArray, ulFlags)
#define IMAPITable_QueryColumns(This, ulFlags, lppPropTagArray) \
    (This)->lpVtbl->QueryColumns(This, ulFlags, lppPropTagArray)
#define IMAPITable_GetRowCount(This, ulFlags, lpulCount) \
    (This)->lpVtbl->GetRowCount(This, ulFlags, lpulCount)
#define IMAPITable_SeekRow(This, bkOrigin, lRowCount, lplRowsSought) \
    (This)->lpVtbl->SeekRow(This, bkOrigin, lRowCount, lplRowsSought)
#define IMAPITable_SeekRowApprox(This, ulNumerator, ulDenominator) \
    (This)->lpVtbl->SeekRowApprox(This, ulNumerator, ulDenominator)
#define IMAPITable_QueryPosition(This, lpulRow, lpulNumerator, lpulDenominator) \
    (This)->lpVtbl->QueryPosition(This, lpulRow, lpulNumerator, lpulDenominator)
#define IMAPITable_FindRow(This, lpRestriction, bkOrigin, ulFlags) \
    (This)->lpVtbl->FindRow(This, lpRestriction, bkOrigin, ulFlags)
#define IMAPITable_Restrict(This, lpRestriction, ulFlags) \
    (This)->lpVtbl->Restrict(This, lpRestriction, ulFlags)
#define IMAPITable_CreateBookmark(This, lpbkPosition) \
    (This)->lpVtbl->CreateBookmark(This, lpbkPosition)
#define IMAPITable_FreeBookmark(This, bkPosition) (This)->lpVtbl->FreeBookmark(This, bkPosition)
#define IMAPITable_SortTable(This, lpSortCriteria, ulFlags) \
    (This)->lpVtbl->SortTable(This, lpSortCriteria, ulFlags)
#define IMAPITable_QuerySortOrder(This, lppSortCriteria) \
    (This)->lpVtbl->QuerySortOrder(This, lppSortCriteria)
#define IMAPITable_QueryRows(This, lRowCount, ulFlags, lppRows) \
    (This)->lpVtbl->QueryRows(This, lRowCount, ulFlags, lppRows)
#define IMAPITable_Abort(This) (This)->lpVtbl->Abort(This)
#define IMAPITable_ExpandRow(This, cbInstanceKey, pbInstanceKey, ulRowCount, ulFlags, \
    lppRows, lpulMoreRows) \
    (This)->lpVtbl->ExpandRow(This, cbInstanceKey, pbInstanceKey, ulRowCount, ulFlags, lppRows, lpulMoreRows)
#define IMAPITable_CollapseRow(This, cbInstanceKey, pbInstanceKey, ulFlags, lpulRowCount) \
    (This)->lpVtbl->CollapseRow(This, cbInstanceKey, pbInstanceKey, ulFlags, lpulRowCount)
#define IMAPITable_WaitForCompletion(This, ulFlags, ulTimeout, lpulTableStatus) \
    (This)->lpVtbl->WaitForCompletion(This, ulFlags, ulTimeout, lpulTableStatus)
#define IMAPITable_GetCollapseState(This, ulFlags, cbInstanceKey, lpbInstanceKey, \
    lpcbCollapseState, lppbCollapseState) \
    (This)->lpVtbl->GetCollapseState(This, ulFlags, cbInstanceKey, lpbInstanceKey, lpcbCollapseState, lppbCollapseState)
#define IMAPITable_SetCollapseState(This, ulFlags, cbCollapseState, pbCollapseState, lpbkLocation) \
    (This)->lpVtbl->SetCollapseState(This, ulFlags, cbCollapseState, pbCollapseState, lpbkLocation)
#endif

#endif

#endif /* MAPIDEFS_H */

#endif
