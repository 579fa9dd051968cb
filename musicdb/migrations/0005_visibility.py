"""Give artists and labels a visibility in place of a yes or no, and the site settings with their rule.

What was public is shown. All else is left to the rule. A library that is there already gets the rule "none", so that
an upgrade shows nothing that was not shown before. Back again, what the rule shows to visitors is public only where
the rule is "all": what it would have to count is not.
"""

import django.core.validators
from django.db import migrations, models
from django.db.models import Case, Q, Value, When

import musicdb.models.fields
from musicdb.db.roles import CURATOR, EDITOR, grant, revoke

GRANTS = {EDITOR: {"sitesettings": ["view"]}, CURATOR: {"sitesettings": ["change", "view"]}}
TABLES = ("Artist", "HistoricalArtist", "Label", "HistoricalLabel")
# The parts of the query strings of saved filters.
QUERIES = {"is_public__exact=1": "visibility__exact=shown", "is_public__exact=0": "visibility__exact=automatic"}


def keep_what_is_public(apps, schema_editor):
    database = schema_editor.connection.alias
    for table in TABLES:
        rows = apps.get_model("musicdb", table)._default_manager.using(database)
        rows.filter(is_public=True).update(visibility="shown")
    has_library = any(
        apps.get_model("musicdb", table)._default_manager.using(database).exists() for table in ("Artist", "Label")
    )
    if has_library:
        apps.get_model("musicdb", "SiteSettings")._default_manager.using(database).create(pk=1, page_rule="none")
    _replace_in_saved_filters(apps, database, QUERIES)


def make_public_again(apps, schema_editor):
    database = schema_editor.connection.alias
    settings = apps.get_model("musicdb", "SiteSettings")._default_manager.using(database).first()
    public = ["shown", "automatic"] if settings is None or settings.page_rule == "all" else ["shown"]
    is_public = Case(When(Q(visibility__in=public), then=Value(True)), default=Value(False))
    for table in TABLES:
        apps.get_model("musicdb", table)._default_manager.using(database).update(is_public=is_public)
    _replace_in_saved_filters(apps, database, {new: old for old, new in QUERIES.items()})


def _replace_in_saved_filters(apps, database, queries):
    filters = apps.get_model("musicdb", "SavedFilter")._default_manager.using(database)
    for saved in filters.filter(model_label__in=["musicdb.artist", "musicdb.label"]):
        parts = [queries.get(part, part) for part in saved.query.split("&")]
        filters.filter(pk=saved.pk).update(query="&".join(parts))


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0004_names_as_readers_see_them'),
    ]

    operations = [
        migrations.CreateModel(
            name='SiteSettings',
            fields=[
                ('id', models.PositiveSmallIntegerField(editable=False, primary_key=True, serialize=False)),
                ('name', musicdb.models.fields.NameField(default='musicdb', help_text='Stands at the top of every page.', max_length=100)),
                ('introduction', models.TextField(blank=True, help_text='Shown at the top of the home page.')),
                ('colour', models.CharField(blank=True, help_text='The colour of links, buttons and bars, such as #3b3a8f. Where it would be hard to read, the pages use a lighter or darker shade of it. If blank, the usual colours.', max_length=7, validators=[django.core.validators.RegexValidator('\\A#[0-9A-Fa-f]{6}\\Z', 'Enter a colour as # and six digits from 0 to f, two each for red, green and blue, such as #3b3a8f.')])),
                ('page_rule', models.CharField(choices=[('all', 'all of them'), ('tracks', 'those with enough tracks'), ('liked', 'those with a liked track'), ('none', 'none of them')], default='all', help_text='Which artists and labels have a page, of those whose visibility is “automatic”.', max_length=6, verbose_name='automatic pages')),
                ('min_tracks', models.PositiveIntegerField(default=5, help_text='How many tracks are enough. Used only by “those with enough tracks”.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(2147483647)], verbose_name='tracks needed')),
            ],
            options={
                'verbose_name': 'site settings',
                'verbose_name_plural': 'site settings',
            },
        ),
        migrations.AddConstraint(
            model_name='sitesettings',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='sitesettings_one_row'),
        ),
        migrations.AddConstraint(
            model_name='sitesettings',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='sitesettings_name_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='sitesettings',
            constraint=models.CheckConstraint(condition=models.Q(('page_rule__in', ['all', 'tracks', 'liked', 'none'])), name='sitesettings_page_rule'),
        ),
        migrations.AddConstraint(
            model_name='sitesettings',
            constraint=models.CheckConstraint(condition=models.Q(('min_tracks__gte', 1)), name='sitesettings_min_tracks'),
        ),
        migrations.AddField(
            model_name='artist',
            name='visibility',
            field=models.CharField(choices=[('automatic', 'automatic'), ('shown', 'shown'), ('hidden', 'hidden')], default='automatic', help_text='Whether it has a page, to which its name links everywhere. “Automatic” follows the site settings.', max_length=9),
        ),
        migrations.AddField(
            model_name='historicalartist',
            name='visibility',
            field=models.CharField(choices=[('automatic', 'automatic'), ('shown', 'shown'), ('hidden', 'hidden')], default='automatic', help_text='Whether it has a page, to which its name links everywhere. “Automatic” follows the site settings.', max_length=9),
        ),
        migrations.AddField(
            model_name='historicallabel',
            name='visibility',
            field=models.CharField(choices=[('automatic', 'automatic'), ('shown', 'shown'), ('hidden', 'hidden')], default='automatic', help_text='Whether it has a page, to which its name links everywhere. “Automatic” follows the site settings.', max_length=9),
        ),
        migrations.AddField(
            model_name='label',
            name='visibility',
            field=models.CharField(choices=[('automatic', 'automatic'), ('shown', 'shown'), ('hidden', 'hidden')], default='automatic', help_text='Whether it has a page, to which its name links everywhere. “Automatic” follows the site settings.', max_length=9),
        ),
        migrations.RunPython(keep_what_is_public, make_public_again),
        migrations.RemoveField(
            model_name='artist',
            name='is_public',
        ),
        migrations.RemoveField(
            model_name='historicalartist',
            name='is_public',
        ),
        migrations.RemoveField(
            model_name='historicallabel',
            name='is_public',
        ),
        migrations.RemoveField(
            model_name='label',
            name='is_public',
        ),
        migrations.AddConstraint(
            model_name='artist',
            constraint=models.CheckConstraint(condition=models.Q(('visibility__in', ['automatic', 'shown', 'hidden'])), name='artist_visibility'),
        ),
        migrations.AddConstraint(
            model_name='label',
            constraint=models.CheckConstraint(condition=models.Q(('visibility__in', ['automatic', 'shown', 'hidden'])), name='label_visibility'),
        ),
        migrations.RunPython(grant('musicdb', GRANTS), revoke('musicdb', GRANTS)),
    ]
