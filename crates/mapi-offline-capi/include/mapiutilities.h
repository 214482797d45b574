/*
 * Helpers of MAPI's own mapiutil.h that clients load or link: reading a table, freeing rows, one
 * property. Include it instead of that.
 */
#ifndef MAPIUTILITIES_H
#define MAPIUTILITIES_H

#include "mapisession.h"

struct _ADRLIST;

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(_MAPIUTIL_H_) && !defined(MAPIUTIL_H_)

/* Gives all rows of a table, or MAPI_E_TABLE_TOO_BIG if there are more than crowsMax, which is not
 * 0. Columns, restriction and sort order are set before if they are not null. The rows are freed
 * with FreeProws. */
HRESULT STDMETHODCALLTYPE HrQueryAllRows(LPMAPITABLE lpTable, LPSPropTagArray lpPropTags,
                                         LPSRestriction lpRestriction,
                                         LPSSortOrderSet lpSortOrderSet, LONG crowsMax,
                                         LPSRowSet *lppRows);

/* Frees rows, each with its properties. */
void STDMETHODCALLTYPE FreeProws(LPSRowSet lpRows);

/* Frees a list of addresses, each with its properties. */
void STDMETHODCALLTYPE FreePadrlist(struct _ADRLIST *lpAdrlist);

/* Gives one property, to be freed with MAPIFreeBuffer; what GetProps says of it if it cannot. */
HRESULT STDMETHODCALLTYPE HrGetOneProp(IMAPIProp *lpMapiProp, ULONG ulPropTag,
                                       LPSPropValue *lppProp);

#endif

#ifdef __cplusplus
}
#endif

#endif
