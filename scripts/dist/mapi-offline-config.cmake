# find_package(mapi-offline) defines
#
#   mapi-offline::msmapi32         the library that a client loads, and the headers
#   mapi-offline::msmapi32-static  the same as a static library, where there is one
#   MAPI_OFFLINE_MAPISIM           the program mapisim
get_filename_component(_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(MAPI_OFFLINE_MAPISIM "${_prefix}/bin/mapisim${CMAKE_EXECUTABLE_SUFFIX}")

if(WIN32)
    set(_library "${_prefix}/bin/msmapi32.dll")
    if(MSVC)
        set(_import "${_prefix}/lib/msmapi32.dll.lib")
        set(_static "${_prefix}/lib/msmapi32.lib")
    else()
        set(_import "${_prefix}/lib/libmsmapi32.dll.a")
        set(_static "${_prefix}/lib/libmsmapi32.a")
    endif()
    set(_system advapi32 ntdll userenv ws2_32 uuid)
elseif(APPLE)
    set(_library "${_prefix}/lib/libmsmapi32.dylib")
    set(_static "${_prefix}/lib/libmsmapi32.a")
    set(_drop -Wl,-dead_strip)
else()
    set(_library "${_prefix}/lib/libmsmapi32.so")
    set(_static "${_prefix}/lib/libmsmapi32.a")
    # The linker has to drop the code that is meant for Windows.
    set(_drop -Wl,--gc-sections)
    set(_system pthread ${CMAKE_DL_LIBS} m)
endif()

if(NOT EXISTS "${_library}")
    set(mapi-offline_FOUND FALSE)
    set(mapi-offline_NOT_FOUND_MESSAGE "There is no ${_library}: is this package for another system?")
    return()
endif()

if(NOT TARGET mapi-offline::msmapi32)
    add_library(mapi-offline::msmapi32 SHARED IMPORTED)
    set_target_properties(mapi-offline::msmapi32 PROPERTIES
        IMPORTED_LOCATION "${_library}"
        INTERFACE_INCLUDE_DIRECTORIES "${_prefix}/include/mapi-offline"
        INTERFACE_LINK_LIBRARIES "${CMAKE_DL_LIBS}")
    if(WIN32)
        set_target_properties(mapi-offline::msmapi32 PROPERTIES
            IMPORTED_IMPLIB "${_import}"
            INTERFACE_LINK_LIBRARIES uuid)
    elseif(NOT APPLE)
        set_target_properties(mapi-offline::msmapi32 PROPERTIES IMPORTED_SONAME libmsmapi32.so)
    endif()
endif()

if(EXISTS "${_static}" AND NOT TARGET mapi-offline::msmapi32-static)
    add_library(mapi-offline::msmapi32-static STATIC IMPORTED)
    set_target_properties(mapi-offline::msmapi32-static PROPERTIES
        IMPORTED_LOCATION "${_static}"
        INTERFACE_INCLUDE_DIRECTORIES "${_prefix}/include/mapi-offline"
        INTERFACE_LINK_OPTIONS "${_drop}"
        INTERFACE_LINK_LIBRARIES "${_system}")
endif()

unset(_drop)
unset(_import)
unset(_library)
unset(_prefix)
unset(_static)
unset(_system)
