/*
 * IProfAdmin, which administers profiles, and IProfSect, a section of one. mapisession.h includes
 * it. The headers of MAPI that come with Wine only name the two.
 */
#ifndef MAPIPROFILES_H
#define MAPIPROFILES_H

#include "mapisession.h"

#if !defined(MAPIX_H) || defined(MAPIOFFLINE_WINE_COM)

#ifdef __cplusplus

/* A profile section; it adds nothing. */
struct IProfSect : public IMAPIProp {
};

/* Administration of profiles. Slots 3 to 11. */
struct IProfAdmin : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE GetLastError(HRESULT hResult, ULONG ulFlags,
        LPMAPIERROR *lppMAPIError) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetProfileTable(ULONG ulFlags, LPMAPITABLE *lppTable) = 0;
    virtual HRESULT STDMETHODCALLTYPE CreateProfile(LPTSTR lpszProfileName, LPTSTR lpszPassword,
        ULONG_PTR ulUIParam, ULONG ulFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE DeleteProfile(LPTSTR lpszProfileName, ULONG ulFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE ChangeProfilePassword(LPTSTR lpszProfileName,
        LPTSTR lpszOldPassword, LPTSTR lpszNewPassword, ULONG ulFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE CopyProfile(LPTSTR lpszOldProfileName, LPTSTR lpszOldPassword,
        LPTSTR lpszNewProfileName, ULONG_PTR ulUIParam, ULONG ulFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE RenameProfile(LPTSTR lpszOldProfileName,
        LPTSTR lpszOldPassword, LPTSTR lpszNewProfileName, ULONG_PTR ulUIParam, ULONG ulFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetDefaultProfile(LPTSTR lpszProfileName, ULONG ulFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE AdminServices(LPTSTR lpszProfileName, LPTSTR lpszPassword,
        ULONG_PTR ulUIParam, ULONG ulFlags, LPSERVICEADMIN *lppServiceAdmin) = 0;
};

#else

typedef struct IProfSectVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IProfSect *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IProfSect *This);
    ULONG(STDMETHODCALLTYPE *Release)(IProfSect *This);
    HRESULT(STDMETHODCALLTYPE *GetLastError)(IProfSect *This, HRESULT hResult, ULONG ulFlags,
        LPMAPIERROR *lppMAPIError);
    HRESULT(STDMETHODCALLTYPE *SaveChanges)(IProfSect *This, ULONG ulFlags);
    HRESULT(STDMETHODCALLTYPE *GetProps)(IProfSect *This, LPSPropTagArray lpPropTagArray,
        ULONG ulFlags, ULONG *lpcValues, LPSPropValue *lppPropArray);
    HRESULT(STDMETHODCALLTYPE *GetPropList)(IProfSect *This, ULONG ulFlags,
        LPSPropTagArray *lppPropTagArray);
    HRESULT(STDMETHODCALLTYPE *OpenProperty)(IProfSect *This, ULONG ulPropTag, const IID *lpiid,
        ULONG ulInterfaceOptions, ULONG ulFlags, LPUNKNOWN *lppUnk);
    HRESULT(STDMETHODCALLTYPE *SetProps)(IProfSect *This, ULONG cValues, LPSPropValue lpPropArray,
        LPSPropProblemArray *lppProblems);
    HRESULT(STDMETHODCALLTYPE *DeleteProps)(IProfSect *This, LPSPropTagArray lpPropTagArray,
        LPSPropProblemArray *lppProblems);
    HRESULT(STDMETHODCALLTYPE *CopyTo)(IProfSect *This, ULONG ciidExclude, const IID *rgiidExclude,
        LPSPropTagArray lpExcludeProps, ULONG_PTR ulUIParam, LPMAPIPROGRESS lpProgress,
        const IID *lpInterface, LPVOID lpDestObj, ULONG ulFlags, LPSPropProblemArray *lppProblems);
    HRESULT(STDMETHODCALLTYPE *CopyProps)(IProfSect *This, LPSPropTagArray lpIncludeProps,
        ULONG_PTR ulUIParam, LPMAPIPROGRESS lpProgress, const IID *lpInterface, LPVOID lpDestObj,
        ULONG ulFlags, LPSPropProblemArray *lppProblems);
    HRESULT(STDMETHODCALLTYPE *GetNamesFromIDs)(IProfSect *This, LPSPropTagArray *lppPropTags,
        LPGUID lpPropSetGuid, ULONG ulFlags, ULONG *lpcPropNames, LPMAPINAMEID **lpppPropNames);
    HRESULT(STDMETHODCALLTYPE *GetIDsFromNames)(IProfSect *This, ULONG cPropNames,
        LPMAPINAMEID *lppPropNames, ULONG ulFlags, LPSPropTagArray *lppPropTags);
} IProfSectVtbl;
struct IProfSect {
    const struct IProfSectVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IProfSect_QueryInterface(This, riid, ppvObject) \
    (This)->lpVtbl->QueryInterface(This, riid, ppvObject)
#define IProfSect_AddRef(This) (This)->lpVtbl->AddRef(This)
#define IProfSect_Release(This) (This)->lpVtbl->Release(This)
#define IProfSect_GetLastError(This, hResult, ulFlags, lppMAPIError) \
    (This)->lpVtbl->GetLastError(This, hResult, ulFlags, lppMAPIError)
#define IProfSect_SaveChanges(This, ulFlags) (This)->lpVtbl->SaveChanges(This, ulFlags)
#define IProfSect_GetProps(This, lpPropTagArray, ulFlags, lpcValues, lppPropArray) \
    (This)->lpVtbl->GetProps(This, lpPropTagArray, ulFlags, lpcValues, lppPropArray)
#define IProfSect_GetPropList(This, ulFlags, lppPropTagArray) \
    (This)->lpVtbl->GetPropList(This, ulFlags, lppPropTagArray)
#define IProfSect_OpenProperty(This, ulPropTag, lpiid, ulInterfaceOptions, ulFlags, lppUnk) \
    (This)->lpVtbl->OpenProperty(This, ulPropTag, lpiid, ulInterfaceOptions, ulFlags, lppUnk)
#define IProfSect_SetProps(This, cValues, lpPropArray, lppProblems) \
    (This)->lpVtbl->SetProps(This, cValues, lpPropArray, lppProblems)
#define IProfSect_DeleteProps(This, lpPropTagArray, lppProblems) \
    (This)->lpVtbl->DeleteProps(This, lpPropTagArray, lppProblems)
#define IProfSect_CopyTo(This, ciidExclude, rgiidExclude, lpExcludeProps, ulUIParam, \
    lpProgress, lpInterface, lpDestObj, ulFlags, lppProblems) \
    (This)->lpVtbl->CopyTo(This, ciidExclude, rgiidExclude, lpExcludeProps, ulUIParam, lpProgress, lpInterface, lpDestObj, ulFlags, lppProblems)
#define IProfSect_CopyProps(This, lpIncludeProps, ulUIParam, lpProgress, lpInterface, \
    lpDestObj, ulFlags, lppProblems) \
    (This)->lpVtbl->CopyProps(This, lpIncludeProps, ulUIParam, lpProgress, lpInterface, lpDestObj, ulFlags, lppProblems)
#define IProfSect_GetNamesFromIDs(This, lppPropTags, lpPropSetGuid, ulFlags, lpcPropNames, \
    lpppPropNames) \
    (This)->lpVtbl->GetNamesFromIDs(This, lppPropTags, lpPropSetGuid, ulFlags, lpcPropNames, lpppPropNames)
#define IProfSect_GetIDsFromNames(This, cPropNames, lppPropNames, ulFlags, lppPropTags) \
    (This)->lpVtbl->GetIDsFromNames(This, cPropNames, lppPropNames, ulFlags, lppPropTags)
#endif

typedef struct IProfAdminVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IProfAdmin *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IProfAdmin *This);
    ULONG(STDMETHODCALLTYPE *Release)(IProfAdmin *This);
    HRESULT(STDMETHODCALLTYPE *GetLastError)(IProfAdmin *This, HRESULT hResult, ULONG ulFlags,
        LPMAPIERROR *lppMAPIError);
    HRESULT(STDMETHODCALLTYPE *GetProfileTable)(IProfAdmin *This, ULONG ulFlags,
        LPMAPITABLE *lppTable);
    HRESULT(STDMETHODCALLTYPE *CreateProfile)(IProfAdmin *This, LPTSTR lpszProfileName,
        LPTSTR lpszPassword, ULONG_PTR ulUIParam, ULONG ulFlags);
    HRESULT(STDMETHODCALLTYPE *DeleteProfile)(IProfAdmin *This, LPTSTR lpszProfileName,
        ULONG ulFlags);
    HRESULT(STDMETHODCALLTYPE *ChangeProfilePassword)(IProfAdmin *This, LPTSTR lpszProfileName,
        LPTSTR lpszOldPassword, LPTSTR lpszNewPassword, ULONG ulFlags);
    HRESULT(STDMETHODCALLTYPE *CopyProfile)(IProfAdmin *This, LPTSTR lpszOldProfileName,
        LPTSTR lpszOldPassword, LPTSTR lpszNewProfileName, ULONG_PTR ulUIParam, ULONG ulFlags);
    HRESULT(STDMETHODCALLTYPE *RenameProfile)(IProfAdmin *This, LPTSTR lpszOldProfileName,
        LPTSTR lpszOldPassword, LPTSTR lpszNewProfileName, ULONG_PTR ulUIParam, ULONG ulFlags);
    HRESULT(STDMETHODCALLTYPE *SetDefaultProfile)(IProfAdmin *This, LPTSTR lpszProfileName,
        ULONG ulFlags);
    HRESULT(STDMETHODCALLTYPE *AdminServices)(IProfAdmin *This, LPTSTR lpszProfileName,
        LPTSTR lpszPassword, ULONG_PTR ulUIParam, ULONG ulFlags, LPSERVICEADMIN *lppServiceAdmin);
} IProfAdminVtbl;
struct IProfAdmin {
    const struct IProfAdminVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IProfAdmin_QueryInterface(This, riid, ppvObject) \
    (This)->lpVtbl->QueryInterface(This, riid, ppvObject)
#define IProfAdmin_AddRef(This) (This)->lpVtbl->AddRef(This)
#define IProfAdmin_Release(This) (This)->lpVtbl->Release(This)
#define IProfAdmin_GetLastError(This, hResult, ulFlags, lppMAPIError) \
    (This)->lpVtbl->GetLastError(This, hResult, ulFlags, lppMAPIError)
#define IProfAdmin_GetProfileTable(This, ulFlags, lppTable) \
    (This)->lpVtbl->GetProfileTable(This, ulFlags, lppTable)
#define IProfAdmin_CreateProfile(This, lpszProfileName, lpszPassword, ulUIParam, ulFlags) \
    (This)->lpVtbl->CreateProfile(This, lpszProfileName, lpszPassword, ulUIParam, ulFlags)
#define IProfAdmin_DeleteProfile(This, lpszProfileName, ulFlags) \
    (This)->lpVtbl->DeleteProfile(This, lpszProfileName, ulFlags)
#define IProfAdmin_ChangeProfilePassword(This, lpszProfileName, lpszOldPassword, \
    lpszNewPassword, ulFlags) \
    (This)->lpVtbl->ChangeProfilePassword(This, lpszProfileName, lpszOldPassword, lpszNewPassword, ulFlags)
#define IProfAdmin_CopyProfile(This, lpszOldProfileName, lpszOldPassword, \
    lpszNewProfileName, ulUIParam, ulFlags) \
    (This)->lpVtbl->CopyProfile(This, lpszOldProfileName, lpszOldPassword, lpszNewProfileName, ulUIParam, ulFlags)
#define IProfAdmin_RenameProfile(This, lpszOldProfileName, lpszOldPassword, \
    lpszNewProfileName, ulUIParam, ulFlags) \
    (This)->lpVtbl->RenameProfile(This, lpszOldProfileName, lpszOldPassword, lpszNewProfileName, ulUIParam, ulFlags)
#define IProfAdmin_SetDefaultProfile(This, lpszProfileName, ulFlags) \
    (This)->lpVtbl->SetDefaultProfile(This, lpszProfileName, ulFlags)
#define IProfAdmin_AdminServices(This, lpszProfileName, lpszPassword, ulUIParam, ulFlags, \
    lppServiceAdmin) \
    (This)->lpVtbl->AdminServices(This, lpszProfileName, lpszPassword, ulUIParam, ulFlags, lppServiceAdmin)
#endif

#endif

#endif

#endif
