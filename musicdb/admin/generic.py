"""Django's admin and form classes with type parameters, as in ``ModelAdmin[Genre]``.

The type stubs of these classes are generic, the classes themselves are not. These subclasses accept the parameters
when the site runs, and ignore them.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, StackedInline, TabularInline
    from django.forms import (
        BaseInlineFormSet,
        BaseModelFormSet,
        ModelChoiceField,
        ModelForm,
        ModelMultipleChoiceField,
    )
else:

    def _accept_parameters(cls: type) -> type:
        def ignore_parameters(subclass: type, parameters: object) -> type:
            return subclass

        return type(cls)(cls.__name__, (cls,), {"__class_getitem__": classmethod(ignore_parameters)})

    ModelAdmin = _accept_parameters(admin.ModelAdmin)
    StackedInline = _accept_parameters(admin.StackedInline)
    TabularInline = _accept_parameters(admin.TabularInline)
    ModelForm = _accept_parameters(forms.ModelForm)
    BaseModelFormSet = _accept_parameters(forms.BaseModelFormSet)
    BaseInlineFormSet = _accept_parameters(forms.BaseInlineFormSet)
    ModelChoiceField = _accept_parameters(forms.ModelChoiceField)
    ModelMultipleChoiceField = _accept_parameters(forms.ModelMultipleChoiceField)

AnyModelForm = ModelForm[Any]

__all__ = [
    "AnyModelForm",
    "BaseInlineFormSet",
    "BaseModelFormSet",
    "ModelAdmin",
    "ModelChoiceField",
    "ModelForm",
    "ModelMultipleChoiceField",
    "StackedInline",
    "TabularInline",
]
