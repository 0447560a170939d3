"""Lists that may hold millions of rows: page by page without a count, in the order of an index."""

import uuid
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

# So far anybody turns pages; beyond it the filters lead there sooner, and the database need not skip so many rows.
LAST_PAGE = 100


class UncountedList(ChangeList):
    """A page of a list, and whether there is another: one row more than fits is read, and nothing is counted."""

    def get_results(self, request: HttpRequest) -> None:
        """Read the page; `result_count` is what this page shows, because nobody knows how many rows there are."""
        if not 1 <= self.page_num <= LAST_PAGE:
            raise IncorrectLookupParameters
        first = (self.page_num - 1) * self.list_per_page
        rows = list(self.queryset[first : first + self.list_per_page + 1])
        self.has_next = len(rows) > self.list_per_page and self.page_num < LAST_PAGE
        self.is_cut = len(rows) > self.list_per_page and self.page_num == LAST_PAGE
        self.result_list = rows[: self.list_per_page]
        self.result_count = self.full_result_count = len(self.result_list)
        self.first_number, self.last_number = first + 1, first + self.result_count
        self.show_full_result_count = self.show_admin_actions = False
        self.can_show_all, self.multi_page = False, self.has_next or self.page_num > 1

    @property
    def next_url(self) -> str:
        """The address of the next page, or nothing."""
        return self.get_query_string({PAGE_VAR: self.page_num + 1}) if self.has_next else ""

    @property
    def previous_url(self) -> str:
        """The address of the page before, or nothing."""
        return self.get_query_string({PAGE_VAR: self.page_num - 1}) if self.page_num > 1 else ""


class LongList(admin.ModelAdmin):
    """The admin of a long list; its order is that of an index, so columns offer no other."""

    change_list_template = "admin/cards/long_list.html"
    list_per_page = 50
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Count nothing."""
        return UncountedList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what a filter of the list sends."""
        filters = {one if isinstance(one, str) else one.parameter_name for one in self.list_filter}  # type: ignore[union-attr]
        return lookup.split("__")[0] in filters and super().lookup_allowed(lookup, value, request)


def row_or_404(rows: Any, key: Any) -> Any:
    """A row by the key in an address; what is no key is not found either."""
    try:
        known = uuid.UUID(str(key))
    except ValueError as wrong:
        raise Http404 from wrong
    return get_object_or_404(rows, pk=known)
