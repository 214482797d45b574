//! The conformance suite: each rule once, against every arm that can show it.
//!
//! A file holds the rules of one part of the emulation, a function a rule, named by the rule's
//! id. Here they are listed, and given to the arms. `cargo test --test conformance core::adv_`
//! shows what the core does about ADV; a rule that an arm cannot show is listed as ignored there,
//! with the reason.

mod adapters;
mod advise;
mod children;
mod create;
mod failures;
mod findings;
mod host;
mod life;
mod notify;
mod open;
mod pointers;
mod profiles;
mod quits;
mod references;
mod set;
mod set_inside;
mod state;
mod unadvise;
mod waits;

/// The rules that every arm can show.
macro_rules! every_rule {
    ($visit:ident) => {
        $visit! {
            open:
                open_1_every_bad_argument_is_refused_and_reported,
                open_1_a_bad_argument_can_be_a_profile_not_found,
                open_3_only_a_logged_on_profile_with_an_offline_object_opens,
                open_4_only_the_global_state_opens,
                open_5_nothing_opens_in_another_host_than_outlook,
                open_6_names_compare_without_case_and_keep_theirs,
                open_7_every_open_gives_the_one_object_of_the_profile,
                open_7_every_open_gives_a_reference_of_its_own,
                open_9_a_created_profile_opens_when_the_host_has_logged_it_on,;
            create:
                create_1_every_bad_argument_is_refused_and_reported,
                create_2_the_global_object_is_what_open_gives_whatever_the_instance,
                create_2_a_profile_without_a_global_object_gets_one,
                create_2_with_a_parent_it_is_not_the_global_object,
                create_4_one_guid_and_instance_is_one_object,
                create_4_with_another_parent_it_is_refused,
                create_4_a_null_guid_or_instance_is_always_a_new_object,
                create_8_a_cycle_cannot_be_made,
                create_8_a_parent_of_another_profile_is_refused,
                create_9_an_unknown_or_absent_profile_is_not_found,
                create_9_nothing_is_made_in_another_host_than_outlook,;
            children:
                create_3_a_child_follows_its_parent_and_tells_so,
                create_3_a_child_in_the_state_already_is_left_alone,
                create_6_the_state_begins_as_the_parents_or_online,
                create_7_a_child_changes_itself_and_its_descendants_only,
                create_7_it_is_pending_while_one_it_would_change_is_in_a_transition,
                create_7_it_is_pending_while_its_parent_changes_it,
                create_7_a_child_that_would_not_change_is_no_hindrance,
                create_7_a_sibling_in_transition_is_no_hindrance,
                create_10_a_child_lives_while_anything_of_it_does,
                create_10_a_registration_keeps_a_child_and_is_told,
                create_10_a_childs_reference_on_its_parent_is_no_clients,
                create_10_a_parent_goes_with_its_last_child,
                create_11_a_child_made_in_start_hears_the_phases_that_follow,
                create_11_a_child_made_before_the_starts_hears_them_all,
                create_11_a_child_made_in_the_new_state_hears_nothing,
                create_11_a_child_made_before_the_state_shows_hears_done_alone,
                create_12_a_wish_waits_for_every_object_that_it_would_change,
                create_12_an_accepted_request_leaves_out_a_child_in_a_transition_of_its_own,
                create_11_a_child_that_is_covered_at_done_changes_as_it_is_told,;
            state:
                cap_1_capabilities_are_the_objects_own,
                cap_1_a_null_pointer_is_refused_and_reported,
                cap_1_other_bits_can_be_set,
                cap_2_a_direction_that_lacks_its_bit_is_not_told_but_taken,
                cap_2_a_silent_transition_still_takes_its_time,
                state_1_the_state_is_exactly_one_of_two_words,
                state_1_a_null_pointer_is_refused_and_reported,
                state_1_other_bits_of_the_state_can_be_set,
                state_2_the_new_state_shows_from_the_first_statechange_on,
                state_2_the_new_state_can_show_at_the_first_done,
                state_2_the_old_state_shows_until_all_starts_are_delivered,
                state_2_all_objects_of_a_transition_show_it_at_once,;
            set:
                set_0_a_logged_off_object_goes_before_bad_arguments,
                set_0_bad_arguments_go_before_block_in_notify,
                set_0_block_in_notify_goes_before_all_that_follow,
                set_0_pending_goes_before_no_support,
                set_0_pending_goes_before_the_state_it_is_in,
                set_0_no_support_goes_before_the_state_it_is_in,
                set_1_every_bad_argument_is_refused_and_reported,
                set_2_default_returns_at_once_and_tells_later,
                set_2_default_can_return_pending_and_change_all_the_same,
                set_3_block_returns_when_the_last_done_has_been_delivered,
                set_3_block_can_return_before_the_dones,
                set_3_block_without_any_registration_returns_in_the_new_state,
                set_3_block_does_not_wait_for_a_request_made_in_done,
                set_3_a_log_off_ends_the_wait,
                set_4_everyone_is_pending_until_the_transition_is_over,
                set_4_so_it_is_when_the_host_began_it,
                set_4_so_it_is_when_a_block_began_it,
                set_4_another_object_is_no_hindrance,
                set_5_the_state_it_is_in_is_ok_and_silent,
                set_5_the_state_it_is_in_can_be_told_all_the_same,
                set_6_a_direction_that_lacks_its_bit_is_not_supported,;
            set_inside:
                set_7_block_from_inside_a_notify_never_hangs,
                set_7_so_it_is_when_a_block_waits_outside,
                set_7_so_it_is_on_the_parent_of_the_one_that_notifies,
                set_7_it_never_hangs_deep_inside_either,
                set_7_a_child_that_the_transition_covers_is_pending,
                set_7_block_on_an_unrelated_object_returns_when_that_one_is_done,
                set_8_default_in_done_is_accepted_and_starts_after_the_round,
                set_8_one_request_a_round_is_accepted,
                set_8_from_then_on_the_object_is_in_transition,
                set_8_default_in_done_can_be_pending,
                set_8_a_request_may_be_for_a_child,
                set_9_default_in_start_and_statechange_is_pending,
                set_9_default_on_an_unrelated_object_is_accepted,
                set_10_an_accepted_request_returns_what_a_default_call_returns,
                set_10_a_request_in_done_needs_the_capability,
                set_10_a_request_in_done_for_the_state_it_is_in_is_silent,
                set_11_the_starts_can_arrive_during_the_call,
                set_11_it_is_meant_for_default_calls_and_not_for_the_host,;
            advise:
                adv_1_every_bad_argument_is_refused_and_reported,
                adv_1_a_null_callback_can_be_one_without_the_interface,
                adv_2_a_callback_needs_the_interface,
                adv_4_tokens_are_not_zero_and_not_given_twice,
                adv_6_one_callback_many_registrations,
                adv_7_a_registration_made_in_a_phase_joins_at_the_next,
                adv_7_it_can_join_at_the_next_transition_only,
                adv_7_the_next_phase_is_start_before_the_starts,
                adv_7_a_registration_made_between_two_phases_joins_at_the_next,
                adv_8_registrations_outlive_the_last_reference,
                adv_8_the_last_release_inside_a_notify_is_none_to_them,
                adv_8_registrations_can_go_with_the_last_reference,
                adv_8_then_the_one_that_is_being_notified_goes_after_its_notify,;
            unadvise:
                unadv_1_an_unknown_token_is_ok_and_reported,
                unadv_1_a_token_of_another_object_is_unknown,
                unadv_1_flags_are_no_hindrance,
                unadv_2_the_callback_is_released_once_and_before_it_returns,
                unadv_2_inside_its_own_notify_the_release_waits,
                unadv_2_the_release_comes_before_the_round_is_over,
                unadv_2_inside_a_nested_notify_of_the_same_the_release_waits,
                unadv_2_the_release_waits_for_every_running_notify_of_the_registration,
                unadv_3_no_notify_starts_after_it_returned,
                unadv_3_what_was_queued_can_still_arrive,
                unadv_3_who_has_heard_already_is_released_at_once,
                unadv_3_nothing_is_queued_between_two_phases,
                unadv_3_a_late_one_is_not_live,
                unadv_4_it_is_allowed_for_any_registration_in_any_notify,
                unadv_4_advise_anew_inside_a_notify,
                unadv_5_tokens_count_on_across_logons,;
            notify:
                note_1_three_phases_and_none_begins_before_the_last_has_ended,
                note_1_a_phase_begins_when_the_notifies_of_the_last_have_returned,
                note_1_a_child_that_changes_itself_meanwhile_gets_no_phase_without_its_start,
                note_2_a_notification_says_exactly_what_changes,
                note_4_parents_before_children_then_order_of_registration,
                note_4_a_grandchild_comes_after_its_parent,
                note_10_the_order_can_be_the_opposite_within_each_object,
                note_4_the_order_can_be_any_and_the_seed_decides,
                note_4_in_any_order_unadvise_holds,
                note_5_notifications_arrive_whatever_the_thread,
                note_6_noise_arrives_before_and_after_and_changes_nothing,
                note_9_a_foreign_mask_at_the_beginning_an_unknown_type_after_the_dones,
                note_9_calls_from_inside_noise_are_calls_like_others,
                note_9_unadvise_from_inside_noise,
                note_8_notifications_of_a_registration_form_a_chain,;
            host:
                host_1_it_wants_online_when_the_user_is_and_the_server_is_up,
                host_1_an_event_starts_a_transition_like_any_other,
                host_1_an_event_undoes_what_a_client_set,
                host_1_a_server_that_was_not_lost_undoes_what_a_client_set_or_not,
                host_1_a_client_chooses_also_where_nothing_changes,
                host_1_what_a_client_sets_on_another_object_is_no_choice_of_the_user,
                host_3_what_a_client_chose_survives_a_log_off_or_not,
                host_1_an_event_is_for_one_profile,
                host_1_the_host_goes_where_the_object_is_not_capable_of,
                host_1_a_profile_begins_in_the_state_of_its_settings,
                host_1_during_a_transition_the_latest_wish_waits_for_its_dones,
                host_1_a_wish_that_comes_true_anyway_starts_nothing,
                host_1_the_wish_goes_before_a_request_made_in_done,
                host_1_a_dropped_request_is_not_made_up_for,
                host_1_a_request_is_dropped_also_where_the_wish_changes_nothing,
                host_1_a_childs_own_transition_is_waited_for,
                host_2_log_on_makes_openable_and_log_off_ends_it,
                host_2_a_second_log_on_changes_nothing,
                host_3_the_hosts_state_is_remembered_across_log_off,;
            life:
                life_1_the_three_interfaces_and_no_other,
                life_2_the_global_object_outlives_its_clients,
                life_2_its_transition_goes_on_without_clients,
                life_3_log_off_drops_what_is_left_of_a_transition,
                life_3_log_off_between_the_phases,
                life_3_every_callback_is_released_once_the_running_one_after_its_notify,
                life_3_unadvise_then_log_off_inside_its_own_notify,
                life_3_log_off_and_on_inside_a_notify,
                life_4_after_log_off_every_call_fails_and_is_reported,
                life_4_a_new_logon_does_not_revive_an_old_interface,
                life_4_open_after_log_off_is_not_found_and_no_finding,
                life_5_a_call_on_a_dead_object_fails_and_is_reported,
                life_5_a_release_too_many_is_reported,
                life_5_a_release_too_many_of_the_global_object_is_reported,
                life_5_the_last_release_inside_a_notify,;
            profiles:
                prof_2_the_table_has_a_row_a_profile,
                prof_2_the_table_is_a_snapshot,
                prof_3_names_that_are_taken_and_names_that_are_not,
                prof_3_one_that_is_there_from_the_start_may_have_the_name_of_any_key,
                prof_3_with_registry_new_ones_may_too_and_64_characters_count,
                prof_4_existing_and_unknown_names,
                prof_4_what_succeeds_does_what_it_says,
                prof_5_one_in_use_is_deleted_when_its_session_ends,
                prof_5_one_in_use_is_renamed_when_its_session_ends,
                prof_6_at_most_one_is_the_default,
                prof_6_the_first_that_is_created_can_become_the_default,
                prof_6_a_deleted_profile_is_not_the_default,
                prof_7_there_are_no_passwords,
                prof_8_an_app_profile_is_shown_and_touched_with_the_flag_only,
                prof_8_an_app_profile_cannot_be_the_default,
                prof_8_a_copy_of_another_profile_is_none,
                prof_12_the_flag_of_app_profiles_can_be_unrecognized,
                prof_11_a_profile_marked_for_deletion_is_unknown_and_its_name_not_free,
                prof_11_a_marked_rename_keeps_the_new_name_for_itself,
                prof_13_a_character_without_one_upper_case_stands_for_itself,;
            failures:
                fail_1_the_nth_call_of_a_client_fails_and_nothing_else_happens,
                fail_1_a_call_that_fails_changes_nothing,;
            findings:
                a_careful_client_gives_no_findings,
                leaked_registration_for_each_that_lives_at_log_off,
                leaked_reference_for_each_holder_at_log_off,
                placeholder_called_on_each_of_the_eight,
                no_capability_check_once_for_a_client_and_an_object,
                no_capability_check_although_advise_is_refused_it_is_not_reported,;
        }
    };
}

/// The rules of [`Waits`](mapi_offline_tests::Waits).
macro_rules! rules_of_waiting {
    ($visit:ident$(: $why:literal)?) => {
        $visit! {
            $($why)?
            waits:
                host_1_a_wait_ends_with_the_dones,
                host_1_a_wait_for_a_kept_wish_ends_with_its_own_dones,
                host_1_a_wait_for_what_is_coming_anyway_ends_at_once,
                host_1_a_log_off_ends_the_wait,
                host_4_a_wait_that_is_overtaken_ends_at_once,
                host_4_a_wait_for_the_same_wish_again_goes_on,;
        }
    };
}

/// The rules of [`OwnReferences`](mapi_offline_tests::OwnReferences).
macro_rules! rules_of_own_references {
    ($visit:ident$(: $why:literal)?) => {
        $visit! {
            $($why)?
            references:
                life_6_a_client_may_use_its_own_references_only,
                life_6_releasing_more_than_one_has_changes_nothing,;
        }
    };
}

/// The rules of [`Pointers`](mapi_offline_tests::Pointers).
macro_rules! rules_of_pointers {
    ($visit:ident$(: $why:literal)?) => {
        $visit! {
            $($why)?
            references:
                life_6_a_reference_may_be_handed_on,;
            pointers:
                open_2_every_failure_nulls_the_out_pointer,
                create_1_every_failure_nulls_the_out_pointer,
                life_1_every_interface_leads_to_every_other_and_unknown_is_one_pointer,
                adv_3_a_registration_holds_exactly_one_reference,
                adv_5_on_failure_the_token_is_0_and_no_reference_is_kept,
                unadv_2_no_reference_goes_while_a_notify_runs,
                note_2_the_size_is_24,
                note_3_a_kept_structure_shows,
                note_3_a_nested_notify_leaves_the_outer_structure_alone,
                leaked_callback_when_its_maker_keeps_a_reference,;
        }
    };
}

/// The rules of [`Adapters`](mapi_offline_tests::Adapters).
macro_rules! rules_of_adapters {
    ($visit:ident$(: $why:literal)?) => {
        $visit! {
            $($why)?
            adapters:
                note_7_a_panic_is_contained_and_everyone_else_is_notified,
                note_7_a_panic_in_a_nested_notify_stops_there,;
        }
    };
}

/// The rules of [`Quits`](mapi_offline_tests::Quits).
macro_rules! rules_of_quitting {
    ($visit:ident$(: $why:literal)?) => {
        $visit! {
            $($why)?
            quits:
                host_2_quit_lets_each_client_disconnect_in_order_and_then_logs_off,
                host_2_who_does_not_disconnect_leaks,
                host_2_a_fast_quit_asks_those_alone_that_require_it,
                host_2_what_a_fast_quit_leaves_over_is_no_mistake,
                host_2_after_a_fast_quit_every_call_fails_and_is_reported,
                host_2_a_host_that_waits_asks_who_holds_no_reference,
                host_2_the_user_disconnects_a_client_whatever_the_host_does_later,
                host_5_providers_are_called_by_their_kinds_before_and_after_who_is_asked,
                host_5_a_provider_that_refuses_has_the_host_wait,
                host_5_what_a_provider_without_the_interface_prevents_is_the_administrators_choice,
                host_5_an_administrator_can_prevent_every_fast_quit,
                host_5_providers_are_asked_nothing_when_the_host_does_not_quit_fast,
                host_6_whether_a_client_that_is_connected_can_open_is_not_documented,
                host_6_others_and_later_calls_open_all_the_same,
                host_6_a_client_is_being_connected_until_each_connecting_of_it_has_ended,;
        }
    };
}

/// The arm in scope as `Shown` has to show these rules.
macro_rules! shows {
    ($($file:ident: $($rule:ident,)+;)+) => {
        $($(
            #[test]
            fn $rule() {
                crate::$file::$rule::<Shown>();
            }
        )+)+
    };
}

/// The arm in scope cannot show these rules, and says why.
macro_rules! cannot_show {
    ($why:literal $($file:ident: $($rule:ident,)+;)+) => {
        $($(
            #[test]
            #[ignore = $why]
            fn $rule() {
                panic!($why);
            }
        )+)+
    };
}

/// The core and nothing else.
mod core {
    use mapi_offline_tests::CoreAlone as Shown;

    every_rule!(shows);
    rules_of_waiting!(shows);
    rules_of_own_references!(shows);
    rules_of_pointers!(cannot_show: "the core alone has no pointers");
    rules_of_adapters!(cannot_show: "the core alone has no adapters");
    rules_of_quitting!(cannot_show: "the core alone knows log-off only");
}

/// Real COM objects in virtual time.
mod virtual_driver {
    use mapi_offline_tests::VirtualDriver as Shown;

    every_rule!(shows);
    rules_of_waiting!(cannot_show: "only the host of a scenario waits");
    rules_of_own_references!(cannot_show: "between COM clients references belong to the process");
    rules_of_pointers!(shows);
    rules_of_adapters!(shows);
    rules_of_quitting!(shows);
}

/// The engine of scenarios, with COM clients.
mod played_scenario {
    use mapi_offline_tests::PlayedScenario as Shown;

    every_rule!(shows);
    rules_of_waiting!(cannot_show: "clients from outside cannot wait for what happens to the host");
    rules_of_own_references!(cannot_show: "between COM clients references belong to the process");
    rules_of_pointers!(shows);
    rules_of_adapters!(shows);
    rules_of_quitting!(shows);
}

/// The exports and vtables of the C door.
mod c_door {
    use mapi_offline_tests::CDoor as Shown;

    every_rule!(shows);
    rules_of_waiting!(cannot_show: "only the host of a scenario waits");
    rules_of_own_references!(cannot_show: "between COM clients references belong to the process");
    rules_of_pointers!(shows);
    rules_of_adapters!(cannot_show: "a C client has no Rust adapters");
    rules_of_quitting!(shows);
}

/// Real COM objects, called from real threads.
mod threaded {
    use mapi_offline_tests::Threaded as Shown;

    every_rule!(shows);
    rules_of_waiting!(cannot_show: "only the host of a scenario waits");
    rules_of_own_references!(cannot_show: "between COM clients references belong to the process");
    rules_of_pointers!(shows);
    rules_of_adapters!(shows);
    rules_of_quitting!(shows);
}

/// The same, with an observer, for which notifications are delivered one by one.
mod threaded_observed {
    use mapi_offline_tests::ThreadedObserved as Shown;

    every_rule!(shows);
    rules_of_waiting!(cannot_show: "only the host of a scenario waits");
    rules_of_own_references!(cannot_show: "between COM clients references belong to the process");
    rules_of_pointers!(shows);
    rules_of_adapters!(shows);
    rules_of_quitting!(shows);
}
